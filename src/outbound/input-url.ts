import { type AllowedHost, isAllowed } from "../config/allowed-hosts.ts";
import { checkUrl } from "./url-rules.ts";

/** Whether a field names a file elsewhere, and no uploaded one: no file name holds a slash. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Checks what can be seen of the address of an input: https, or http too on hosts that the settings name.
 *
 * @throws OutboundUrlError
 */
export function checkInputUrl(text: string, allow: readonly AllowedHost[]): URL {
  const named = URL.canParse(text) && isAllowed(new URL(text), allow);
  return checkUrl(text, { protocols: named ? ["https:", "http:"] : ["https:"], allow });
}
