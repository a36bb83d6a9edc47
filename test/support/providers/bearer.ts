import type { ProviderRequest } from "./vendor.ts";

/** Whether a request has `Authorization: Bearer {key}`. */
export function hasBearer({ headers }: ProviderRequest, key: string): boolean {
  return headers.authorization === `Bearer ${key}`;
}

/** A refusal as OpenAI and its imitators write it. */
export function openAiRefusal(status: number, message: string): object {
  const code = status === 401 ? "invalid_api_key" : status === 429 ? "rate_limit_exceeded" : null;
  return { error: { message, type: "invalid_request_error", param: null, code } };
}
