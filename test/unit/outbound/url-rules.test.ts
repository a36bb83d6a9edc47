import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAllowedHost } from "../../../src/config/allowed-hosts.ts";
import { isPublicAddress } from "../../../src/outbound/address.ts";
import { checkUrl, MAX_URL_LENGTH, OutboundUrlError } from "../../../src/outbound/url-rules.ts";

const allowed = (...hosts: string[]) => hosts.map((host) => parseAllowedHost(host)).filter((host) => host !== null);
const check = (url: string, ...allow: string[]) =>
  checkUrl(url, { protocols: ["https:", "http:"], allow: allowed(...allow) });

/** Every spelling of an IPv4 address that the WHATWG URL standard reads: fewer parts; decimal, octal, hexadecimal. */
function spellings(address: number): fc.Arbitrary<string> {
  const byte = (index: number) => (address >>> (8 * (3 - index))) & 0xff;
  const number = (value: number) =>
    fc.constantFrom(
      String(value),
      `0${value.toString(8)}`,
      `0x${value.toString(16)}`,
      `0X${value.toString(16).toUpperCase()}`,
    );
  return fc.integer({ min: 1, max: 4 }).chain((parts) => {
    const leading = Array.from({ length: parts - 1 }, (_, index) => number(byte(index)));
    const rest = parts === 1 ? address : address & (2 ** (8 * (5 - parts)) - 1);
    return fc
      .tuple(...leading, number(rest))
      .chain((written) => fc.constantFrom(written.join("."), `${written.join(".")}.`));
  });
}
const within = (address: number, prefix: number) =>
  fc.nat(2 ** (32 - prefix) - 1).map((offset) => (address + offset) >>> 0);
const ipv4 = (text: string) => text.split(".").reduce((value, part) => value * 256 + Number(part), 0);

const HIDDEN: [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

test.each(HIDDEN)("a URL to a host in %s/%i is refused in every spelling", (network, prefix) => {
  fc.assert(
    fc.property(within(ipv4(network), prefix).chain(spellings), fc.constantFrom("http", "https"), (host, scheme) => {
      expect(() => check(`${scheme}://${host}/`)).toThrow(OutboundUrlError);
    }),
  );
});

test("a URL to an IPv6 address that contains an IPv4 address is refused", () => {
  const forms = [
    (high: string, low: string) => `::ffff:${high}:${low}`,
    (high: string, low: string) => `::${high}:${low}`,
    (high: string, low: string) => `::ffff:0:${high}:${low}`,
    (high: string, low: string) => `64:ff9b::${high}:${low}`,
    (high: string, low: string) => `64:ff9b:1::${high}:${low}`,
    (high: string, low: string) => `2002:${high}:${low}::1`,
    (high: string, low: string) => `2001:0:${high}:${low}::1`,
  ];
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.constantFrom(...forms), (address, form) => {
      const host = form((address >>> 16).toString(16), (address & 0xffff).toString(16));
      expect(() => check(`https://[${host}]/`)).toThrow(OutboundUrlError);
      expect(isPublicAddress(host)).toBe(false);
    }),
  );
  expect(() => check("https://[::ffff:127.0.0.1]/")).toThrow(OutboundUrlError);
});

test.each([
  ...["[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]"],
  ...["[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[4000::1]", "168.63.129.16"],
  ...[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "intranet",
  ],
  ...["router.lan", "host.home.arpa", "x.onion", "ｌocalhost", "①②⑦.⓪.⓪.①", "%6cocalhost", "127。0。0。1"],
])("a URL to the host %s is refused", (host) => {
  expect(() => check(`https://${host}/`)).toThrow(OutboundUrlError);
});

test.each([
  ...["hooks.example.com", "hooks.example.com.", "xn--bcher-kva.example", "bücher.example", "8.8.8.8", "0x08080808"],
  ...["[2606:4700::1111]", "172.15.255.255", "172.32.0.0", "100.128.0.1", "localhost.example.com", "local.example"],
])("a URL to the host %s is accepted", (host) => {
  expect(check(`https://${host}/hook?token=1`).pathname).toBe("/hook");
});

test("a URL to a public IPv4 address is accepted in every spelling", () => {
  const others = fc.constantFrom("1.1.1.1", "8.8.4.4", "93.184.215.14", "126.255.255.255", "128.0.0.1").map(ipv4);
  fc.assert(
    fc.property(others.chain(spellings), (host) => {
      expect(check(`https://${host}/`).protocol).toBe("https:");
    }),
  );
});

test.each([
  ["hooks.example.com/x", "https or http"],
  ["ftp://hooks.example.com/", "https or http"],
  ["file:///etc/passwd", "https or http"],
  ["javascript:alert(1)", "https or http"],
  ["https://", "https or http"],
  ["https://user@hooks.example.com/", "user name"],
  ["https://:secret@hooks.example.com/", "user name"],
  ["https://hooks.example.com:22/", "port 22"],
  ["https://hooks.example.com:6667/", "port 6667"],
  ["https://hooks.example.com:0/", "port 0"],
  [`https://hooks.example.com/${"x".repeat(MAX_URL_LENGTH)}`, "characters"],
])("the URL %s is refused", (url, reason) => {
  expect(() => check(url)).toThrow(reason);
});

test("a URL needs an accepted scheme and port 80, 443 or a port from 1024", () => {
  expect(() => checkUrl("http://example.com/", { protocols: ["https:"], allow: [] })).toThrow("must be an https URL");
  for (const url of ["http://example.com/", "https://example.com:80/", "http://example.com:8080/"]) {
    expect(check(url).href).toBe(url);
  }
});

test("an accepted URL always has an accepted scheme, no credentials and a host with a dot", () => {
  const url = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string(),
    fc.webUrl().map((text) => ` ${text}\n`),
  );
  fc.assert(
    fc.property(url, (text) => {
      let accepted: URL;
      try {
        accepted = check(text);
      } catch (error) {
        expect(error).toBeInstanceOf(OutboundUrlError);
        return;
      }
      expect(accepted.protocol).toMatch(/^https?:$/);
      expect(accepted.username + accepted.password).toBe("");
      expect(accepted.hostname).toContain(".");
    }),
  );
});
