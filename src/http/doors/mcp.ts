import type { OpenAPIHono } from "@hono/zod-openapi";
import { CodedError } from "../../api/errors.ts";
import { AccessError } from "../../auth/access-error.ts";
import { readConfig } from "../../config/config.ts";
import { answerMcp, rejected } from "../../mcp/endpoint.ts";
import { RpcError, rpcErrors } from "../../mcp/json-rpc.ts";
import type { AppEnv } from "../app-env.ts";
import { accessTimeLeftMs, linksFor, ownerOf } from "../middleware/access.ts";
import { publicOrigin } from "../origin.ts";
import { readJson } from "../request/json-body.ts";
import { router } from "../router.ts";

/** Host names of the machine itself. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** `/mcp`: the Model Context Protocol. It is not in the OpenAPI document, because it is a protocol of its own. */
export function mcpRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.post("/mcp", async (context) => {
    const { raw } = context.req;
    const access = context.get("access");
    const origin = publicOrigin(context.req.url, context.env);
    checkOrigin(raw.headers.get("origin"), { origin, ...readConfig(context.env) });
    let body: unknown;
    try {
      requireJson(raw.headers);
      body = await readJson(raw);
    } catch (error) {
      return rejected(null, asRpcError(error));
    }
    return answerMcp({
      headers: raw.headers,
      body,
      signal: raw.signal,
      caller: {
        env: context.env,
        owner: ownerOf(context),
        scopes: access.via === "owner" ? access.scopes : [],
        origin,
        links: linksFor(context),
        accessTimeLeftMs: () => accessTimeLeftMs(context),
      },
    });
  });
  return routes;
}

/**
 * Refuses web pages of other sites. With `AUTH=off` a page's own origin proves nothing: after DNS rebinding, a foreign
 * host name leads to this service. So the origin must be named in the settings, or be this machine's.
 *
 * @throws AccessError `forbidden`
 */
function checkOrigin(
  given: string | null,
  {
    origin,
    AUTH,
    PUBLIC_URL,
    CORS_ORIGINS,
  }: { origin: string; AUTH: string; PUBLIC_URL?: string | undefined; CORS_ORIGINS: string[] },
): void {
  if (given === null || given === PUBLIC_URL || CORS_ORIGINS.some((named) => named !== "*" && named === given)) return;
  if (AUTH === "on" ? given === origin : URL.canParse(given) && LOOPBACK.test(new URL(given).hostname)) return;
  throw new AccessError("forbidden", "Origin: pages of this origin may not use /mcp; add the origin to CORS_ORIGINS");
}

function requireJson(headers: Headers): void {
  if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(headers.get("content-type") ?? "")) return;
  throw new RpcError(rpcErrors.invalidRequest, "Content-Type: must be application/json", { status: 415 });
}

function asRpcError(error: unknown): unknown {
  if (!(error instanceof CodedError)) return error;
  if (error.code === "too_large") return new RpcError(rpcErrors.invalidRequest, error.message, { status: 413 });
  return error.code === "invalid_request" ? new RpcError(rpcErrors.parse, error.message) : error;
}
