import { readConfig } from "../config/config.ts";

/** The origin of URLs in responses: `PUBLIC_URL`, or the origin of the request if it is not set. */
export function publicOrigin(requestUrl: string, env: object): string {
  return readConfig(env).PUBLIC_URL ?? new URL(requestUrl).origin;
}
