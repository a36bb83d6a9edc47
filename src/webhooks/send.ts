import { Webhook } from "standardwebhooks";
import type { AllowedHost } from "../config/allowed-hosts.ts";
import { checkHost } from "../outbound/check-host.ts";
import { ResolveError, type Resolver } from "../outbound/dns-over-https.ts";
import { checkUrl, OutboundUrlError } from "../outbound/url-rules.ts";
import { log, messageOf } from "../util/log.ts";
import { ATTEMPT_TIMEOUT_MS, type Outcome } from "./delivery.ts";

/** Where callbacks may lead. */
export const CALLBACK_PROTOCOLS = ["https:", "http:"] as const;

/** A webhook to be sent, and what that takes. */
export interface Sending {
  id: string;
  url: string;
  /** The body, as it is signed. */
  payload: string;
  /** The body is signed with each, so that a receiver may know the old or the new one while they are changed. */
  secrets: readonly string[];
  allow: readonly AllowedHost[];
  resolve: Resolver;
}

/** Makes one attempt to deliver a webhook, signed by the Standard Webhooks specification. Never throws. */
export async function send({ id, url, payload, secrets, allow, resolve }: Sending): Promise<Outcome> {
  if (secrets.length === 0) return { kind: "unanswered", reason: "not sent: WEBHOOK_SECRET is not set" };
  // Not AbortSignal.timeout: a timer that goes on after the answer keeps the object in memory, and paid for.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ATTEMPT_TIMEOUT_MS);
  const { signal } = timeout;
  try {
    const target = checkUrl(url, { protocols: CALLBACK_PROTOCOLS, allow });
    await checkHost(target, allow, resolve, signal);
    const response = await fetch(target.href, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Edgereel",
        ...signedHeaders(id, payload, secrets, Date.now()),
      },
      body: payload,
      redirect: "manual",
      signal,
    });
    // Nothing of the body is of use, and it may be endless.
    response.body?.cancel().catch(() => {});
    return { kind: "answered", status: response.status, retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    return {
      kind: "unanswered",
      reason: signal.aborted ? `no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s` : why(error),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** What an owner is told of a call that failed. What the platform says of it may name what is internal, and is logged only. */
function why(error: unknown): string {
  if (error instanceof OutboundUrlError || error instanceof ResolveError) return `not sent: ${error.message}`;
  log("webhook_not_sent", { message: messageOf(error) });
  return "not sent: the receiver could not be reached";
}

/**
 * The headers of the Standard Webhooks specification.
 *
 * @param time of the attempt, in Unix milliseconds.
 */
export function signedHeaders(
  id: string,
  payload: string,
  secrets: readonly string[],
  time: number,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(time / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, new Date(time), payload)).join(" "),
  };
}
