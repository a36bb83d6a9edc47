// @ts-nocheck: the types of n8n are not installed.
// Runs nodes with n8n's own engine, in a folder in which n8n-core is installed. Input on standard input, as JSON:
//   {nodes, connections, items, credentials}  runs a workflow and prints {status, error, output: {node: items}}
//   {trigger, credentials, count}             prints {url}, then the result of each POST to it
const { createServer } = require("node:http");
const { createRequire } = require("node:module");
const { buffer, json } = require("node:stream/consumers");

const installed = createRequire(`${process.cwd()}/package.json`);
// n8n-core's own copies: the linter brings others, beside which its classes are unknown.
const core = createRequire(installed.resolve("n8n-core"));
core("reflect-metadata");
const { Container } = core("@n8n/di");
const { BinaryDataService, ExecutionLifecycleHooks, PackageDirectoryLoader, WebhookContext, WorkflowExecute } =
  installed("n8n-core");
const { NodeHelpers, Workflow } = installed("n8n-workflow");

/** A node type with parameters of any content. */
const nodeType = (name, parameters, execute, outputs = ["main"]) => ({
  description: {
    ...{ displayName: name, name, group: ["transform"], version: [1, 2.2, 4.2], description: "", defaults: {} },
    ...{ inputs: ["main"], outputs },
    properties: parameters.map((one) => ({ displayName: one, name: one, type: "json", default: "" })),
  },
  execute,
});

/** Stand-ins for n8n's built-in nodes, which are not published without n8n: as much as the example workflow needs. */
const builtIn = (items) => {
  const start = nodeType("start", [], async () => [items]);
  return {
    "test.start": start,
    "n8n-nodes-base.manualTrigger": start,
    "n8n-nodes-base.httpRequest": nodeType(
      "httpRequest",
      ["method", "url", "sendHeaders", "headerParameters", "sendBody", "specifyBody", "jsonBody", "options"],
      async function () {
        const { parameters = [] } = this.getNodeParameter("headerParameters", 0) || {};
        const { response } = this.getNodeParameter("options", 0);
        const body = this.getNodeParameter("jsonBody", 0);
        const answer = await this.helpers.httpRequest({
          method: this.getNodeParameter("method", 0),
          url: this.getNodeParameter("url", 0),
          headers: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
          ...(body ? { body: JSON.parse(body) } : {}),
          ...(response ? { encoding: "stream" } : { json: true }),
        });
        if (!response) return [[{ json: answer }]];
        const { outputPropertyName } = response.response;
        return [[{ json: {}, binary: { [outputPropertyName]: await this.helpers.prepareBinaryData(answer) } }]];
      },
    ),
    "n8n-nodes-base.if": nodeType(
      "if",
      ["conditions"],
      async function () {
        const [{ leftValue, rightValue }] = this.getNodeParameter("conditions", 0).conditions;
        const input = this.getInputData();
        return leftValue === rightValue ? [input, []] : [[], input];
      },
      ["main", "main"],
    ),
    "n8n-nodes-base.stopAndError": nodeType("stopAndError", ["errorMessage"], async function () {
      throw new Error(this.getNodeParameter("errorMessage", 0));
    }),
  };
};

/** The part of n8n's credentials helper that nodes with generic authentication need. */
const credentialsHelper = (loader, credentials) => ({
  isCredentialUsableByNode: () => true,
  getDecrypted: async () => credentials,
  getParentTypes: () => [],
  preAuthentication: async () => undefined,
  async authenticate(values, type, options, workflow, node) {
    const { properties } = loader.getCredential(type).type.authenticate;
    const keys = { $credentials: values };
    const headers = Object.entries(properties.headers).map(([name, value]) => [
      name,
      workflow.expression.getSimpleParameterValue(node, value, "internal", keys, undefined, "", keys),
    ]);
    return { ...options, headers: { ...options.headers, ...Object.fromEntries(headers) } };
  },
});

async function main() {
  const input = await json(process.stdin);
  const loader = new PackageDirectoryLoader(process.argv[2]);
  await loader.loadAll();
  await Container.get(BinaryDataService).init();
  const own = builtIn(input.items ?? []);
  const typeOf = (name) => own[name] ?? loader.getNode(name.split(".").pop()).type;
  const nodeTypes = {
    getByName: typeOf,
    getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(typeOf(name), version),
    getKnownTypes: () => ({}),
  };
  const nodes = input.trigger ? [input.trigger] : input.nodes;
  const definition = { id: "test", name: "test", nodes, connections: input.connections ?? {} };
  const workflow = new Workflow({ ...definition, active: false, nodeTypes, settings: {} });
  const base = "http://n8n.test";
  const additionalData = {
    ...{ executionId: "1", userId: "1", variables: {}, restApiUrl: base, instanceBaseUrl: base, webhookBaseUrl: base },
    ...{ webhookTestBaseUrl: base, webhookWaitingBaseUrl: base, formWaitingBaseUrl: base },
    credentialsHelper: credentialsHelper(loader, input.credentials),
    hooks: new ExecutionLifecycleHooks("manual", "1", definition),
    setExecutionStatus: () => {},
    logAiEvent: () => {},
  };
  if (input.trigger) await receive(input, workflow, nodeTypes, additionalData);
  else await runWorkflow(workflow, additionalData);
  process.exit(0);
}

async function runWorkflow(workflow, additionalData) {
  const execution = new WorkflowExecute(additionalData, "manual");
  const { data, status } = await execution.run({ workflow, startNode: workflow.getNode("Start") });
  const { runData, error } = data.resultData;
  const output = Object.entries(runData).map(([name, runs]) => [name, runs.at(-1)?.data?.main?.[0] ?? []]);
  const shown = error && { name: error.name, message: error.message, description: error.description };
  print({ status, error: shown ?? null, output: Object.fromEntries(output) });
}

async function receive({ trigger, count }, workflow, nodeTypes, additionalData) {
  const node = workflow.getNode(trigger.name);
  const type = nodeTypes.getByNameAndVersion(trigger.type, trigger.typeVersion);
  let left = count;
  await new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const rawBody = await buffer(request);
      let answered = null;
      const httpResponse = {
        status: (status) => ({
          json(body) {
            answered = status;
            response.writeHead(status).end(JSON.stringify(body));
          },
        }),
      };
      const httpRequest = { headers: request.headers, rawBody, body: JSON.parse(rawBody.toString()) };
      const data = { ...additionalData, httpRequest, httpResponse };
      const [webhook] = type.description.webhooks;
      const context = new WebhookContext(workflow, node, data, "webhook", { webhookDescription: webhook }, [], null);
      const result = await type.webhook.call(context);
      if (answered === null) response.writeHead(200).end();
      print({ status: answered ?? 200, items: result.workflowData?.[0] ?? null });
      if (--left === 0) resolve();
    });
    server.listen(0, "127.0.0.1", () => print({ url: `http://127.0.0.1:${server.address().port}/edgereel` }));
  });
}

const print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
