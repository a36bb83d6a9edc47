import { readConfig } from "../config/config.ts";

/** The origin that addresses in answers begin with: `PUBLIC_URL`, or where the request came to. */
export function publicOrigin(requestUrl: string, env: object): string {
  return readConfig(env).PUBLIC_URL ?? new URL(requestUrl).origin;
}
