import type { Context, MiddlewareHandler } from "hono";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { AccessError, unauthenticated } from "../../auth/access-error.ts";
import { authenticate, type KeyHolder, NO_KEYS_MESSAGE } from "../../auth/authenticate.ts";
import { KeyStore } from "../../auth/key-store.ts";
import { QuotaError, REQUESTS_PERIOD_SECONDS } from "../../auth/quota.ts";
import { grants, type Scope } from "../../auth/scopes.ts";
import { checkLink, readLink } from "../../auth/signed-link.ts";
import { readConfig } from "../../config/config.ts";
import type { Env } from "../../env.ts";
import { linkSigning, TaskLinks } from "../../tasks/view/task-links.ts";
import { log, messageOf } from "../../util/log.ts";
import type { Access, AppEnv } from "../app-env.ts";
import { publicOrigin } from "../origin.ts";
import { policyFor } from "./access-policy.ts";

const keys = new KeyStore();

/**
 * Checks a request against {@link policyFor} and the quota of requests, and sets the variable `access`.
 *
 * @throws AccessError `unauthenticated`, `forbidden`, `not_configured`; QuotaError
 */
export const checkAccess: MiddlewareHandler<AppEnv> = async (context, next) => {
  const access = await accessOf(context);
  if (access.via === "owner") await countRequest(context.env, access.owner);
  context.set("access", access);
  return next();
};

/**
 * How long a waiting request may go on before this has to be called again, in milliseconds, at least 1. Checks the
 * request again if its time is over, because the key may have been revoked and keys and links can expire.
 *
 * @throws AccessError if the request is no longer allowed.
 */
export async function accessTimeLeftMs(context: Context<AppEnv>): Promise<number> {
  if (endOfAccess(context.get("access")) <= Date.now()) context.set("access", await accessOf(context));
  return Math.max(1, endOfAccess(context.get("access")) - Date.now());
}

/** Until when a request is known to be allowed, in Unix milliseconds. */
function endOfAccess(access: Access): number {
  if (access.via === "nothing") return Number.POSITIVE_INFINITY;
  return access.via === "owner" ? access.until : access.expires * 1000;
}

async function accessOf({ env, req }: Context<AppEnv>): Promise<Access> {
  const policy = policyFor(req.method, req.path);
  if (policy.kind === "open") return { via: "nothing" };
  const config = readConfig(env);
  if (config.AUTH === "off") {
    return { via: "owner", owner: DEFAULT_OWNER, scopes: ["admin"], until: Number.POSITIVE_INFINITY };
  }
  const secrets = config.LINK_SECRETS;
  if (secrets === undefined) {
    throw new AccessError(
      "not_configured",
      "LINK_SECRETS is not set: run `npm run deploy`, or `npx wrangler secret put LINK_SECRETS`",
    );
  }
  const holder = await authenticate(keys, env.DB, req.raw.headers, Date.now());
  if (holder) {
    requireScope(holder, policy.kind === "key" ? policy.scope : "read");
    return { via: "owner", ...holder };
  }
  if (policy.kind === "link") {
    const expires = await linkExpiryOf(secrets, policy.path, new URL(req.url));
    if (expires !== null) return { via: "link", expires };
  }
  if (!(await keys.hasAnyKey(env.DB))) throw new AccessError("not_configured", NO_KEYS_MESSAGE);
  throw unauthenticated("send an API key as `Authorization: Bearer` or `x-api-key`", false);
}

function requireScope({ scopes }: KeyHolder, scope: Scope): void {
  if (grants(scopes, scope)) return;
  const challenge = `Bearer realm="edgereel", error="insufficient_scope", scope="${scope}"`;
  throw new AccessError("forbidden", `this API key needs the scope ${scope}`, {
    headers: { "www-authenticate": challenge },
  });
}

async function countRequest(env: Env, owner: string): Promise<void> {
  const { AUTH, QUOTA_REQUESTS: limit } = readConfig(env);
  if (AUTH === "off" || limit === 0) return;
  const outcome = await env.REQUESTS.limit({ key: owner }).catch((error: unknown) => {
    // If the rate limiter fails, let requests through instead of closing the service.
    log("rate_limit_failed", { message: messageOf(error) });
    return { success: true };
  });
  if (outcome.success) return;
  const amounts = { limit, left: 0, retryAfter: REQUESTS_PERIOD_SECONDS };
  throw new QuotaError("requests", `more than ${limit} requests in ${REQUESTS_PERIOD_SECONDS} seconds`, amounts);
}

/**
 * When the link in a URL expires, in Unix seconds; null if the URL has no link.
 *
 * @param path the path that the link must have been signed for.
 * @throws AccessError `forbidden` if the link is invalid, expired or for another path.
 */
async function linkExpiryOf(secrets: readonly string[], path: string, url: URL): Promise<number | null> {
  const link = readLink(url);
  if (link === "none") return null;
  const outcome = link === "broken" ? "forged" : await checkLink(secrets, path, link, Date.now());
  if (link === "broken" || outcome === "forged") {
    throw new AccessError("forbidden", "the link is invalid or for another URL; get the task again for new links");
  }
  if (outcome === "expired") {
    const end = new Date(link.expires * 1000).toISOString();
    throw new AccessError("forbidden", `the link expired at ${end}; get the task again for new links`);
  }
  return link.expires;
}

/** The owner whose tasks the client may see; null for a client with a link, which may see its task whoever owns it. */
export function viewerOf(context: Context<AppEnv>): string | null {
  const access = context.get("access");
  return access.via === "link" ? null : ownerOf(context);
}

/** The owner that makes the request. For routes that need a key; throws a TypeError on others. */
export function ownerOf(context: Context<AppEnv>): string {
  const access = context.get("access");
  if (access.via !== "owner") throw new TypeError(`${context.req.path} was called without an owner`);
  return access.owner;
}

/** Builds the URLs for a response. If the client came with a link, they expire when that link does. */
export function linksFor(context: Context<AppEnv>): TaskLinks {
  const access = context.get("access");
  const fresh = linkSigning(readConfig(context.env), Date.now());
  const signing = fresh && access.via === "link" ? { ...fresh, expires: access.expires } : fresh;
  return new TaskLinks(publicOrigin(context.req.url, context.env), signing);
}

/**
 * Returns a function that gives the query for a URL inside a playlist or page. For a client with a link, this is a
 * signature for that URL. For a client with a key it is empty, because the client sends the key again.
 */
export function nestedUrlQuery(context: Context<AppEnv>): (path: string) => string {
  if (context.get("access").via !== "link") return () => "";
  const links = linksFor(context);
  return (path) => links.query(path);
}
