import { createHmac, timingSafeEqual } from "node:crypto";

/** Max difference between the time of a webhook and now, in seconds. */
const TOLERANCE = 300;

/**
 * Checks the signature of a webhook, as the Standard Webhooks specification says.
 *
 * @param secret the service's `WEBHOOK_SECRET`, or several with spaces between them.
 * @returns what is wrong; null if the signature fits.
 */
export function signatureFault(
  body: Buffer,
  headers: Record<string, unknown>,
  secret: string,
  now = Date.now(),
): string | null {
  const [id, time, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => headers[name]);
  if (typeof id !== "string" || typeof time !== "string" || typeof signatures !== "string") {
    return "the headers of a signed webhook are missing";
  }
  if (!/^\d+$/.test(time) || Math.abs(now / 1000 - Number(time)) > TOLERANCE) {
    return "webhook-timestamp is more than five minutes from now";
  }
  const given = signatures.split(" ").filter((one) => one.startsWith("v1,"));
  for (const one of secret.split(" ").filter((part) => part !== "")) {
    const key = Buffer.from(one.replace(/^whsec_/, ""), "base64");
    if (key.byteLength === 0) continue;
    const expected = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
    for (const signature of given) {
      const bytes = Buffer.from(signature.slice(3), "base64");
      if (bytes.byteLength === expected.byteLength && timingSafeEqual(bytes, expected)) return null;
    }
  }
  return "no signature fits the webhook secret";
}
