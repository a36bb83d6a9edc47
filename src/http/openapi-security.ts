import { type Policy, policyFor } from "./middleware/access-policy.ts";

/** The parts of an OpenAPI document that say who may make a request. */
interface Document {
  paths?: Record<string, object>;
  components?: object;
}

const METHODS = ["get", "put", "post", "delete", "patch"] as const;

const SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An API key, made by `npm run keys -- create`." },
  key: { type: "apiKey", in: "header", name: "x-api-key", description: "The same in a header of its own." },
  link: {
    type: "apiKey",
    in: "query",
    name: "signature",
    description:
      "With `expires`: good for that one file, or the task's page, until then. The addresses of files in a task's data carry both before their path, as `/link/{expires}.{signature}/tasks/…`.",
  },
};

const refusal = (description: string, headers: readonly string[] = []) => ({
  description,
  ...(headers.length > 0
    ? { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: "string" } }])) }
    : {}),
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

/** How any request is refused, before it is looked at. */
const LIMITS = { 414: refusal("The address is too long."), 431: refusal("The headers are too long.") };

const REFUSALS = {
  400: refusal("Something in the request is wrong; the message names it."),
  401: refusal("No API key, or not one that is good.", ["WWW-Authenticate"]),
  403: refusal(
    "The key's scope is too small; the link is expired, or for another address; or the page that asks is of an origin that may not.",
  ),
  429: refusal("The owner has had as much as he may.", ["Retry-After", "RateLimit", "RateLimit-Policy"]),
  503: refusal("The service is not set up yet, or cannot look up keys at the moment; the message says which."),
};

/** The key schemes that are good for a policy; an operation that needs none has an empty list. */
function security(policy: Policy): Record<string, string[]>[] {
  if (policy.kind === "open") return [];
  const scopes = [policy.kind === "key" ? policy.scope : "read"];
  return [{ bearer: scopes }, { key: scopes }, ...(policy.kind === "link" ? [{ link: [] }] : [])];
}

/**
 * Writes into a document, for each operation, who may make it and how it is refused; from the policy
 * that requests are held to, so that the two cannot differ.
 *
 * @param auth the setting: with `off` nothing needs a key.
 */
export function addSecurity<T extends Document>(document: T, auth: "on" | "off"): T {
  if (auth === "on") document.components = { ...document.components, ...{ securitySchemes: SCHEMES } };
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = (item as Record<string, { responses: object }>)[method];
      if (!operation) continue;
      const policy = policyFor(method.toUpperCase(), path);
      Object.assign(operation, { security: auth === "on" ? security(policy) : [] });
      operation.responses = { ...LIMITS, ...(policy.kind === "open" ? {} : REFUSALS), ...operation.responses };
    }
  }
  return document;
}
