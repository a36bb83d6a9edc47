import { grants } from "../auth/scopes.ts";
import { version } from "../util/version.ts";
import type { ToolCall } from "./caller.ts";
import { type Message, RpcError, rpcErrors } from "./json-rpc.ts";
import { listResources, readResource, resourceTemplates } from "./resources.ts";
import { callTool, describeTool, scopeOf } from "./tool.ts";
import { allTools } from "./tools/all-tools.ts";
import { type Era, negotiatedVersion, SERVER_INFO_KEY, supportedVersions } from "./versions.ts";

const SERVER_INFO = { name: "edgereel", title: "Edgereel", version } as const;
const CAPABILITIES = { tools: {}, resources: {} } as const;
const INSTRUCTIONS =
  "Edgereel makes short videos with speech, captions and music from a topic, a script, and clips or images. " +
  "Call create_video with what the user gave (https links to clips go into `materials` directly), then wait_for_video " +
  "until it is done, and give the user the link to the MP4.";

/** How long clients may keep lists that only a new version of the service changes. In milliseconds. */
const LIST_LIFE_MS = 300_000;

/**
 * Answers a request of the protocol.
 *
 * @returns the result, without what every result of its era has.
 * @throws RpcError; errors of use cases, for reading resources.
 */
export async function answerMethod(message: Message, era: Era, call: ToolCall): Promise<object> {
  const { method, params } = message;
  const { caller } = call;
  switch (method) {
    case "initialize":
      if (era === "modern") break;
      return {
        protocolVersion: negotiatedVersion(params.protocolVersion),
        capabilities: CAPABILITIES,
        serverInfo: SERVER_INFO,
        instructions: INSTRUCTIONS,
      };
    case "ping":
      if (era === "modern") break;
      return {};
    case "server/discover":
      if (era === "legacy") break;
      return {
        supportedVersions,
        capabilities: CAPABILITIES,
        instructions: INSTRUCTIONS,
        ...cachedFor(LIST_LIFE_MS, "public"),
      };
    case "tools/list": {
      const tools = allTools().filter((tool) => grants(caller.scopes, scopeOf(tool)));
      return { tools: tools.map(describeTool), ...cached(era, LIST_LIFE_MS, "private") };
    }
    case "tools/call": {
      const tool = allTools().find(({ name }) => name === params.name);
      if (!tool) throw new RpcError(rpcErrors.invalidParams, `unknown tool ${shown(params.name)}`, { status: 200 });
      return callTool(tool, params.arguments, call);
    }
    case "resources/list": {
      const cursor = typeof params.cursor === "string" ? params.cursor : null;
      return { ...(await listResources(caller, cursor)), ...cached(era, 0, "private") };
    }
    case "resources/templates/list":
      return { resourceTemplates, ...cached(era, LIST_LIFE_MS, "public") };
    case "resources/read": {
      const content = typeof params.uri === "string" ? await readResource(caller, params.uri) : null;
      if (content) return { contents: [content], ...cached(era, 0, "private") };
      const code = era === "modern" ? rpcErrors.invalidParams : rpcErrors.resourceNotFound;
      throw new RpcError(code, `there is no resource ${shown(params.uri)}`, { status: 200, data: { uri: params.uri } });
    }
  }
  throw new RpcError(rpcErrors.methodNotFound, `unknown method ${shown(method)}`, {
    status: era === "modern" ? 404 : 200,
  });
}

/** A result with what every result of its era has. */
export function completed(result: object, era: Era): object {
  if (era === "legacy") return result;
  const { _meta = {} } = result as { _meta?: object };
  return { ...result, resultType: "complete", _meta: { ..._meta, [SERVER_INFO_KEY]: SERVER_INFO } };
}

type CacheScope = "public" | "private";

function cachedFor(ttlMs: number, cacheScope: CacheScope): { ttlMs: number; cacheScope: CacheScope } {
  return { ttlMs, cacheScope };
}

/** How long, and for whom, a client may keep a result. Earlier versions of the protocol do not have it. */
function cached(era: Era, ttlMs: number, cacheScope: CacheScope): object {
  return era === "modern" ? cachedFor(ttlMs, cacheScope) : {};
}

const shown = (value: unknown) => JSON.stringify(typeof value === "string" ? value.slice(0, 200) : null);
