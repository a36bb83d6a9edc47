import ipaddr from "ipaddr.js";

/** Addresses of cloud-internal services in public ranges: this one is Azure's, for its virtual machines. */
const CLOUD_SERVICES = new Set(["168.63.129.16"]);

/** The part of IPv6 that the IANA has assigned to the public Internet. It includes some special ranges. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address belongs to the public Internet. These are not public: loopback, private, link-local (which
 * includes the clouds' metadata services), shared (CGNAT), multicast and reserved ranges, and IPv6 addresses that contain
 * an IPv4 address, such as IPv4-mapped, NAT64 and 6to4.
 *
 * @param text IPv4 in four decimal parts, or IPv6 without brackets. Any other text counts as not public.
 */
export function isPublicAddress(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return ipaddr.IPv4.parse(text).range() === "unicast" && !CLOUD_SERVICES.has(text);
  }
  if (!ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  return address.range() === "unicast" && address.match(GLOBAL_UNICAST);
}

/** Whether the host of a parsed URL is an IP address. The URL parser (WHATWG) has already normalized its spelling. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || ipaddr.IPv4.isValidFourPartDecimal(hostname);
}
