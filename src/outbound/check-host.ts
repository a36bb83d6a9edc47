import { type AllowedHost, isAllowed } from "../config/allowed-hosts.ts";
import { isAddress, isPublicAddress } from "./address.ts";
import type { Resolver } from "./dns-over-https.ts";
import { OutboundUrlError } from "./url-rules.ts";

/**
 * Looks up where a URL leads, right before it is called, and refuses it where any address is not public.
 * The runtime connects by name and not to the addresses seen here: a name whose address changes in
 * between is not caught. On Cloudflare `fetch` cannot reach a private network in the first place; where
 * the service runs on workerd elsewhere, a firewall has to see to that.
 *
 * @param url one that {@link checkUrl} let pass.
 * @throws OutboundUrlError, and what the resolver throws.
 */
export async function checkHost(
  url: URL,
  allow: readonly AllowedHost[],
  resolve: Resolver,
  signal: AbortSignal,
): Promise<void> {
  if (isAllowed(url, allow) || isAddress(url.hostname)) return;
  const addresses = await resolve(url.hostname, signal);
  if (addresses.length === 0) throw new OutboundUrlError(`${url.hostname} has no address`);
  const hidden = addresses.some((address) => !isPublicAddress(address));
  if (hidden) {
    throw new OutboundUrlError(`${url.hostname} leads to an address that is not public`);
  }
}
