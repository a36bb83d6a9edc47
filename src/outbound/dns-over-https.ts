import { z } from "zod";

/** Looks up the IPv4 and IPv6 addresses of a name. Returns none if the name does not exist. Throws if the lookup fails. */
export type Resolver = (name: string, signal: AbortSignal) => Promise<string[]>;

/** A DNS lookup failed. */
export class ResolveError extends Error {
  override name = "ResolveError";
}

/** The JSON form of DNS responses that Cloudflare and Google use. `Status` is a DNS response code (RFC 1035, 6895). */
const answerSchema = z.object({
  Status: z.number().int(),
  Answer: z.array(z.object({ type: z.number().int(), data: z.string() })).optional(),
});

const RECORD_TYPES = { A: 1, AAAA: 28 } as const;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

/**
 * Creates a resolver that uses DNS over HTTPS.
 *
 * @param endpoint the URL of the DNS server, such as `https://cloudflare-dns.com/dns-query`.
 */
export function dnsOverHttps(endpoint: string): Resolver {
  return async (name, signal) => {
    const found = await Promise.all(
      (["A", "AAAA"] as const).map(async (type) => {
        const answer = await query(endpoint, name, type, signal);
        if (answer.Status === NO_SUCH_NAME) return [];
        if (answer.Status !== NO_ERROR) throw new ResolveError(`${name} could not be looked up (DNS ${answer.Status})`);
        // The answer also contains the CNAME records that led to the address.
        return (answer.Answer ?? []).filter((record) => record.type === RECORD_TYPES[type]).map(({ data }) => data);
      }),
    );
    return found.flat();
  };
}

async function query(endpoint: string, name: string, type: string, signal: AbortSignal) {
  const url = new URL(endpoint);
  url.searchParams.set("name", name);
  url.searchParams.set("type", type);
  try {
    const response = await fetch(url.href, { headers: { accept: "application/dns-json" }, signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new ResolveError(`the DNS server answered ${response.status}`);
    }
    return answerSchema.parse(await response.json());
  } catch (cause) {
    const reason = cause instanceof ResolveError ? cause.message : "the DNS server sent no valid answer";
    throw new ResolveError(`${name} could not be looked up: ${reason}`, { cause });
  }
}
