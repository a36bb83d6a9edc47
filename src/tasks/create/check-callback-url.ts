import { CodedError, checkField } from "../../api/errors.ts";
import { readConfig } from "../../config/config.ts";
import { checkUrl } from "../../outbound/url-rules.ts";
import { CALLBACK_PROTOCOLS } from "../../webhooks/send.ts";

/**
 * Checks a request's `callback_url` as far as possible without a DNS lookup. The host is looked up before each
 * webhook is sent.
 *
 * @param env the Worker's environment.
 * @throws CodedError `invalid_request`
 */
export function checkCallbackUrl(env: object, callbackUrl: string | null): void {
  if (callbackUrl === null) return;
  const { WEBHOOK_SECRET, OUTBOUND_ALLOW } = readConfig(env);
  if (!WEBHOOK_SECRET) {
    throw new CodedError(
      "invalid_request",
      "callback_url: this service cannot sign webhooks, because WEBHOOK_SECRET is not set: leave the field out, or ask the operator to set it",
    );
  }
  checkField("callback_url", () => checkUrl(callbackUrl, { protocols: CALLBACK_PROTOCOLS, allow: OUTBOUND_ALLOW }));
}
