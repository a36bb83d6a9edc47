import { type AllowedHost, isAllowed } from "../config/allowed-hosts.ts";
import { checkUrl } from "./url-rules.ts";

/** Whether a field's value is a URL. Otherwise it is the name of an uploaded file, which never contains a slash. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Checks the URL of a linked file as far as possible without a DNS lookup. The scheme must be https; hosts in `allow`
 * may also use http.
 *
 * @throws OutboundUrlError
 */
export function checkInputUrl(text: string, allow: readonly AllowedHost[]): URL {
  const httpAllowed = URL.canParse(text) && isAllowed(new URL(text), allow);
  return checkUrl(text, { protocols: httpAllowed ? ["https:", "http:"] : ["https:"], allow });
}
