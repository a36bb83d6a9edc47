import type { Context, MiddlewareHandler } from "hono";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { AccessError, unauthenticated } from "../../auth/access-error.ts";
import { authenticate, type KeyHolder, NO_KEYS } from "../../auth/authenticate.ts";
import { KeyStore } from "../../auth/key-store.ts";
import { QuotaError, REQUESTS_PERIOD_SECONDS } from "../../auth/quota.ts";
import { grants, type Scope } from "../../auth/scopes.ts";
import { checkLink, readLink } from "../../auth/signed-link.ts";
import { readConfig } from "../../config/config.ts";
import type { Env } from "../../env.ts";
import { linkSigning, TaskLinks } from "../../tasks/task-links.ts";
import { log, messageOf } from "../../util/log.ts";
import type { Access, AppEnv } from "../app-env.ts";
import { publicOrigin } from "../origin.ts";
import { policyFor } from "./access-policy.ts";

const keys = new KeyStore();

/** Lets a request through if `policyFor` says that it may be made, and notes for whom. */
export const checkAccess: MiddlewareHandler<AppEnv> = async (context, next) => {
  const access = await accessOf(context);
  if (access.via === "owner") await countRequest(context.env, access.owner);
  context.set("access", access);
  return next();
};

/**
 * For how long a request that waits may do so before it is asked for again, in milliseconds: a key may have been
 * revoked meanwhile, or have ended, and a link too.
 *
 * @throws AccessError where it is over.
 */
export async function accessTimeLeftMs(context: Context<AppEnv>): Promise<number> {
  if (endOf(context.get("access")) <= Date.now()) context.set("access", await accessOf(context));
  return Math.max(1, endOf(context.get("access")) - Date.now());
}

function endOf(access: Access): number {
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
    const expires = await openLink(secrets, policy.path, new URL(req.url));
    if (expires !== null) return { via: "link", expires };
  }
  if (!(await keys.any(env.DB))) throw new AccessError("not_configured", NO_KEYS);
  throw unauthenticated("send an API key as `Authorization: Bearer` or `x-api-key`", false);
}

function requireScope({ scopes }: KeyHolder, scope: Scope): void {
  if (grants(scopes, scope)) return;
  const challenge = `Bearer realm="edgereel", error="insufficient_scope", scope="${scope}"`;
  throw new AccessError("forbidden", `this API key may not do that: it needs the scope ${scope}`, {
    headers: { "www-authenticate": challenge },
  });
}

async function countRequest(env: Env, owner: string): Promise<void> {
  const { AUTH, QUOTA_REQUESTS: limit } = readConfig(env);
  if (AUTH === "off" || limit === 0) return;
  const outcome = await env.REQUESTS.limit({ key: owner }).catch((error: unknown) => {
    // A limit that cannot be asked must not close the service.
    log("rate_limit_failed", { message: messageOf(error) });
    return { success: true };
  });
  if (outcome.success) return;
  const amounts = { limit, left: 0, retryAfter: REQUESTS_PERIOD_SECONDS };
  throw new QuotaError("requests", `more than ${limit} requests in ${REQUESTS_PERIOD_SECONDS} seconds`, amounts);
}

/** When an address's link ends, or null where it has none. */
async function openLink(secrets: readonly string[], path: string, address: URL): Promise<number | null> {
  const link = readLink(address);
  if (link === "none") return null;
  const outcome = link === "broken" ? "forged" : await checkLink(secrets, path, link, Date.now());
  if (link === "broken" || outcome === "forged") {
    throw new AccessError("forbidden", "the link's signature is not one for this address: ask for the task again");
  }
  if (outcome === "expired") {
    const end = new Date(link.expires * 1000).toISOString();
    throw new AccessError("forbidden", `the link expired at ${end}: ask for the task again`);
  }
  return link.expires;
}

/** Whose task may be seen: an owner's, or with a link, which names the task itself, anybody's (null). */
export function viewerOf(context: Context<AppEnv>): string | null {
  const access = context.get("access");
  return access.via === "link" ? null : ownerOf(context);
}

/** Whose request it is, on routes that need a key. */
export function ownerOf(context: Context<AppEnv>): string {
  const access = context.get("access");
  if (access.via !== "owner") throw new TypeError(`${context.req.path} is for owners`);
  return access.owner;
}

/** The addresses for an answer. Those that are seen through a link end when it does, so that none outlives it. */
export function linksFor(context: Context<AppEnv>): TaskLinks {
  const access = context.get("access");
  const fresh = linkSigning(readConfig(context.env), Date.now());
  const signing = fresh && access.via === "link" ? { ...fresh, expires: access.expires } : fresh;
  return new TaskLinks(publicOrigin(context.req.url, context.env), signing);
}

/**
 * Says what addresses inside of an answer need to work for who got the answer: with a link a signature
 * of their own; with a key nothing, since the key opens them too.
 */
export function nestedUrlQuery(context: Context<AppEnv>): (path: string) => string {
  if (context.get("access").via !== "link") return () => "";
  const links = linksFor(context);
  return (path) => links.query(path);
}
