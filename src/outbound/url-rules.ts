import { CodedError } from "../api/errors.ts";
import { type AllowedHost, effectivePort, isAllowed } from "../config/allowed-hosts.ts";
import { isAddress, isPublicAddress } from "./address.ts";

/** Where a user may send this service to. */
export interface OutboundRules {
  protocols: readonly ("https:" | "http:")[];
  /** Hosts that may be called although they are not public, on any port that they name. */
  allow: readonly AllowedHost[];
}

/** A URL that is not called. The message says why, and may be shown to whoever gave it. */
export class OutboundUrlError extends CodedError {
  override name = "OutboundUrlError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_request", message, options);
  }
}

/** Longest URL, in characters. */
export const MAX_URL_LENGTH = 2048;

/**
 * Top-level names that are not in the public DNS: special-use names (RFC 6761, 6762, 7686, 8375, 9476),
 * the one that ICANN keeps for private use, and those of RFC 6762's appendix G.
 */
const PRIVATE_SUFFIXES = [
  ...["localhost", "local", "internal", "test", "invalid", "onion", "alt", "home.arpa"],
  ...["intranet", "private", "corp", "home", "lan"],
];

/** Ports above 1023 that the Fetch standard blocks: protocols that an HTTP request might be mistaken in. */
const BLOCKED_PORTS = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697],
  10080,
]);

/**
 * Checks what can be seen of a URL without looking its host up: see {@link checkHost} for the rest.
 *
 * @throws OutboundUrlError
 */
export function checkUrl(text: string, { protocols, allow }: OutboundRules): URL {
  if (text.length > MAX_URL_LENGTH) throw new OutboundUrlError(`must be at most ${MAX_URL_LENGTH} characters`);
  const kinds = protocols.map((protocol) => protocol.slice(0, -1)).join(" or ");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !protocols.some((protocol) => protocol === url.protocol)) {
    throw new OutboundUrlError(`must be an ${kinds} URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundUrlError("must not hold a user name or password");
  }
  if (isAllowed(url, allow)) return url;
  const port = effectivePort(url);
  if (BLOCKED_PORTS.has(port) || (port < 1024 && port !== 80 && port !== 443)) {
    throw new OutboundUrlError(`must not lead to port ${port}: only 80, 443 and most from 1024 on`);
  }
  checkHostname(url.hostname);
  return url;
}

function checkHostname(hostname: string): void {
  if (isAddress(hostname)) {
    if (isPublicAddress(hostname.replace(/^\[|\]$/g, ""))) return;
    throw new OutboundUrlError(`must not lead to ${hostname}, which is no public address`);
  }
  // A name with a dot at its end is the same name; with several it is none, which a resolver may take for the same.
  const name = hostname.replace(/\.+$/, "");
  const isPrivate = PRIVATE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  if (isPrivate || !name.includes(".")) throw new OutboundUrlError(`must not lead to ${name}, which is no public name`);
}
