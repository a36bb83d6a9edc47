import { Webhook } from "standardwebhooks";
import type { AllowedHost } from "../config/allowed-hosts.ts";
import { checkHost } from "../outbound/check-host.ts";
import { ResolveError, type Resolver } from "../outbound/dns-over-https.ts";
import { checkUrl, OutboundUrlError } from "../outbound/url-rules.ts";
import { log, messageOf } from "../util/log.ts";
import { ATTEMPT_TIMEOUT_MS, type Outcome } from "./delivery.ts";

/** The URL schemes that a `callback_url` may have. */
export const CALLBACK_PROTOCOLS = ["https:", "http:"] as const;

/** One attempt to deliver a webhook. */
export interface WebhookRequest {
  id: string;
  url: string;
  /** The body, byte for byte as it is signed. */
  payload: string;
  /** The body is signed with each secret, so that receivers may have the old or the new one during a rotation. */
  secrets: readonly string[];
  allow: readonly AllowedHost[];
  resolve: Resolver;
}

/** Makes one attempt to deliver a webhook, signed as the Standard Webhooks specification says. Never throws. */
export async function send({ id, url, payload, secrets, allow, resolve }: WebhookRequest): Promise<Outcome> {
  if (secrets.length === 0) return { kind: "unanswered", reason: "not sent: WEBHOOK_SECRET is not set" };
  // AbortSignal.timeout cannot be stopped: its timer would keep the object in memory, and billed, after the answer.
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
    // The body is not needed and may be endless.
    response.body?.cancel().catch(() => {});
    return { kind: "answered", status: response.status, retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    return {
      kind: "unanswered",
      reason: signal.aborted ? `no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s` : failureReason(error),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Why a call failed, as its owner may see it. The platform's own message goes to the log only: it may name internal hosts. */
function failureReason(error: unknown): string {
  if (error instanceof OutboundUrlError || error instanceof ResolveError) return `not sent: ${error.message}`;
  log("webhook_not_sent", { message: messageOf(error) });
  return "not sent: the receiver could not be reached";
}

/**
 * The headers that the Standard Webhooks specification requires.
 *
 * @param time when the attempt is made, in Unix milliseconds.
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
