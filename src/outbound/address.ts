import ipaddr from "ipaddr.js";

/** Addresses of a cloud's own services that lie among the public ones: Azure's, for its machines. */
const CLOUD_SERVICES = new Set(["168.63.129.16"]);

/** What the IANA has given out of IPv6 for the public Internet, among which are special ranges too. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address is one of the public Internet. Loopback, private, link-local (with the clouds'
 * metadata services), shared (CGNAT), multicast and reserved ranges are not, and neither is any IPv6
 * form that holds an IPv4 address, such as IPv4-mapped, NAT64 and 6to4.
 *
 * @param text IPv4 in four decimal parts, or IPv6 without brackets; anything else is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return ipaddr.IPv4.parse(text).range() === "unicast" && !CLOUD_SERVICES.has(text);
  }
  if (!ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  return address.range() === "unicast" && address.match(GLOBAL_UNICAST);
}

/** Whether a URL's host is an IP address: the WHATWG URL standard has brought every spelling into one form. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || ipaddr.IPv4.isValidFourPartDecimal(hostname);
}
