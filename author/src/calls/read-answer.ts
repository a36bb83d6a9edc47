import type { z } from "zod";
import type { ProviderAnswer } from "./provider-call.ts";
import { unreadable } from "./provider-error.ts";

/**
 * Parses a provider's answer as JSON of the expected form.
 *
 * @throws ProviderError if it is anything else, for example HTML or half a body.
 */
export function readJson<T extends z.ZodType>(answer: ProviderAnswer, schema: T, provider: string): z.output<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch {
    throw unreadable(
      provider,
      isHtml(answer.bytes) ? "with a web page instead of JSON" : "with something other than JSON",
    );
  }
  const checked = schema.safeParse(parsed);
  if (!checked.success) throw unreadable(provider, "with JSON of an unexpected form");
  return checked.data;
}

/** Decodes base64 in a provider's answer, also with a `data:` prefix. @throws ProviderError */
export function readBase64(text: string, provider: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text.replace(/^data:[^,]*,/, "").trim());
  } catch {
    throw unreadable(provider, "with invalid base64");
  }
}

function isHtml(bytes: Uint8Array): boolean {
  return /^\s*<(!doctype|html|head|body)/i.test(new TextDecoder().decode(bytes.subarray(0, 200)));
}
