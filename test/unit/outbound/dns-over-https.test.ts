import { afterEach, expect, test, vi } from "vitest";
import { dnsOverHttps } from "../../../src/outbound/dns-over-https.ts";

afterEach(() => vi.restoreAllMocks());
const { signal } = new AbortController();
const asked: string[] = [];

/** Looks up a name at a fake resolver that gives these answers. */
const resolve = (answers: (type: string | null) => Response) => {
  asked.length = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    expect(request.headers.get("accept")).toBe("application/dns-json");
    asked.push(request.url);
    return answers(new URL(request.url).searchParams.get("type"));
  });
  return dnsOverHttps("https://dns.example/query?key=1")("hooks.example.com", signal);
};

test("dnsOverHttps finds the IPv4 and IPv6 addresses behind an alias", async () => {
  const alias = { name: "hooks.example.com.", type: 5, TTL: 60, data: "edge.example.net." };
  const found = await resolve((type) =>
    Response.json({
      Status: 0,
      Answer: [alias, type === "A" ? { type: 1, data: "93.184.215.14" } : { type: 28, data: "2606:4700::1111" }],
    }),
  );
  expect(found).toEqual(["93.184.215.14", "2606:4700::1111"]);
  expect(asked.toSorted()).toEqual(
    ["A", "AAAA"].map((type) => `https://dns.example/query?key=1&name=hooks.example.com&type=${type}`),
  );
});

test("dnsOverHttps returns no addresses for an unknown name or a name without addresses", async () => {
  expect(await resolve(() => Response.json({ Status: 3 }))).toEqual([]);
  expect(await resolve(() => Response.json({ Status: 0, Answer: [] }))).toEqual([]);
});

test.each([
  ["reports a server failure", () => Response.json({ Status: 2 }), "DNS 2"],
  ["answers with an HTTP error", () => new Response("no", { status: 503 }), "answered 503"],
  ["does not answer with JSON", () => new Response("<html>"), "sent no valid answer"],
  [
    "reports a failure for one address family only",
    (type: string | null) => Response.json({ Status: type === "A" ? 0 : 2 }),
    "DNS 2",
  ],
])("a DNS lookup fails if the resolver %s", async (_, answers, reason) => {
  await expect(resolve(answers)).rejects.toThrow(`hooks.example.com could not be looked up`);
  await expect(resolve(answers)).rejects.toThrow(reason);
});
