import { type AllowedHost, isAllowed } from "../config/allowed-hosts.ts";
import { isAddress, isPublicAddress } from "./address.ts";
import type { Resolver } from "./dns-over-https.ts";
import { OutboundUrlError } from "./url-rules.ts";

/**
 * Looks up the host of a URL and refuses it if one of its IP addresses is not public. Call this right before the request.
 *
 * The runtime connects by name, not to the addresses that are checked here. So an address that changes in between is not
 * caught. On Cloudflare, `fetch` cannot reach a private network anyway. On workerd elsewhere, a firewall must prevent it.
 *
 * @param url a URL that {@link checkUrl} has accepted.
 * @throws OutboundUrlError, or the resolver's error.
 */
export async function checkHost(
  url: URL,
  allow: readonly AllowedHost[],
  resolve: Resolver,
  signal: AbortSignal,
): Promise<void> {
  if (isAllowed(url, allow) || isAddress(url.hostname)) return;
  const addresses = await resolve(url.hostname, signal);
  if (addresses.length === 0) throw new OutboundUrlError(`${url.hostname} has no IP address`);
  if (!addresses.every(isPublicAddress)) {
    throw new OutboundUrlError(`${url.hostname} resolves to an IP address that is not public`);
  }
}
