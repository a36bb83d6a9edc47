import { readConfig } from "../../config/config.ts";
import { checkUrl, OutboundUrlError } from "../../outbound/url-rules.ts";
import { CALLBACK_PROTOCOLS } from "../../webhooks/send.ts";
import { RequestError } from "../response/request-error.ts";

/**
 * Checks where a request wants its webhooks sent. Where the name leads is looked up when they are sent.
 *
 * @throws RequestError 400 naming the field.
 */
export function checkCallbackUrl(env: object, callbackUrl: string | null): void {
  if (callbackUrl === null) return;
  const { WEBHOOK_SECRET, OUTBOUND_ALLOW } = readConfig(env);
  if (!WEBHOOK_SECRET) {
    throw new RequestError(
      400,
      "callback_url: this service has no secret to sign webhooks with: leave the field out, or have its operator set WEBHOOK_SECRET",
    );
  }
  try {
    checkUrl(callbackUrl, { protocols: CALLBACK_PROTOCOLS, allow: OUTBOUND_ALLOW });
  } catch (error) {
    if (error instanceof OutboundUrlError) throw new RequestError(400, `callback_url: ${error.message}`);
    throw error;
  }
}
