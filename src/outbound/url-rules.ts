import { CodedError } from "../api/errors.ts";
import { type AllowedHost, effectivePort, isAllowed } from "../config/allowed-hosts.ts";
import { isAddress, isPublicAddress } from "./address.ts";

/** Rules for URLs that come from users. */
export interface OutboundRules {
  protocols: readonly ("https:" | "http:")[];
  /** Hosts that may be called although they are not public. */
  allow: readonly AllowedHost[];
}

/** The service refuses to call a URL. The message says why, and may be shown to the user who gave the URL. */
export class OutboundUrlError extends CodedError {
  override name = "OutboundUrlError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_request", message, options);
  }
}

/** Max characters of a URL. */
export const MAX_URL_LENGTH = 2048;

/**
 * Top-level names that are not in the public DNS: special-use names (RFC 6761, 6762, 7686, 8375, 9476), `internal`, which
 * ICANN reserves for private use, and the names in appendix G of RFC 6762.
 */
const PRIVATE_SUFFIXES = [
  ...["localhost", "local", "internal", "test", "invalid", "onion", "alt", "home.arpa"],
  ...["intranet", "private", "corp", "home", "lan"],
];

/** The ports above 1023 that the Fetch standard blocks, because other protocols on them might misread an HTTP request. */
const BLOCKED_PORTS = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697],
  10080,
]);

/**
 * Checks a URL as far as possible without a DNS lookup. checkHost() in check-host.ts does the lookup.
 *
 * @throws OutboundUrlError
 */
export function checkUrl(text: string, { protocols, allow }: OutboundRules): URL {
  if (text.length > MAX_URL_LENGTH) throw new OutboundUrlError(`must be at most ${MAX_URL_LENGTH} characters`);
  const schemes = protocols.map((protocol) => protocol.slice(0, -1)).join(" or ");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !protocols.some((protocol) => protocol === url.protocol)) {
    throw new OutboundUrlError(`must be an ${schemes} URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundUrlError("must not contain a user name or password");
  }
  if (isAllowed(url, allow)) return url;
  const port = effectivePort(url);
  if (BLOCKED_PORTS.has(port) || (port < 1024 && port !== 80 && port !== 443)) {
    throw new OutboundUrlError(`must not use port ${port}: allowed are 80, 443 and most ports from 1024 on`);
  }
  checkHostname(url.hostname);
  return url;
}

function checkHostname(hostname: string): void {
  if (isAddress(hostname)) {
    if (isPublicAddress(hostname.replace(/^\[|\]$/g, ""))) return;
    throw new OutboundUrlError(`must not point to ${hostname}, which is not a public IP address`);
  }
  // A dot at the end does not change a name. Several dots make it invalid, but a resolver may ignore them.
  const name = hostname.replace(/\.+$/, "");
  const isPrivate = PRIVATE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  if (isPrivate || !name.includes(".")) {
    throw new OutboundUrlError(`must not point to ${name}, which is not a public host name`);
  }
}
