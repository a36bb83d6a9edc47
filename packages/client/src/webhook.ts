import { WebhookVerificationError } from "./edgereel-error.ts";
import type { WebhookEvent } from "./types.ts";

/** Max difference between the time of a webhook and now, in seconds. The Standard Webhooks libraries have the same. */
const TOLERANCE = 300;

/** The headers of a request, as `Headers` or as Node has them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies the signature of a webhook, as the Standard Webhooks specification says, and returns its event.
 *
 * @param body the body exactly as it arrived, not parsed.
 * @param secret the service's `WEBHOOK_SECRET`, or several with spaces between them.
 * @throws WebhookVerificationError if no signature fits, or if the webhook is older or newer than five minutes.
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string,
): Promise<WebhookEvent> {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const id = header(headers, "webhook-id");
  const time = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature").split(" ");
  if (!/^\d+$/.test(time)) throw new WebhookVerificationError("webhook-timestamp: must be Unix seconds");
  if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE) {
    throw new WebhookVerificationError("webhook-timestamp: is more than five minutes from now");
  }
  const signed = new TextEncoder().encode(`${id}.${time}.${text}`);
  for (const one of secret.split(" ").filter(Boolean)) {
    const key = await importKey(one);
    for (const signature of signatures) {
      const bytes = signature.startsWith("v1,") ? fromBase64(signature.slice(3)) : null;
      // Compares in constant time.
      if (bytes && (await crypto.subtle.verify("HMAC", key, bytes, signed))) return JSON.parse(text) as WebhookEvent;
    }
  }
  throw new WebhookVerificationError("webhook-signature: no signature fits the secret");
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new WebhookVerificationError(`${name}: is missing`);
  return value;
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ""));
  if (!bytes || bytes.length === 0) throw new WebhookVerificationError("the secret must be whsec_ and base64");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
