import { expect, test } from "vitest";
import { parseAllowedHost } from "../../../src/config/allowed-hosts.ts";
import { checkUrl, OutboundUrlError } from "../../../src/outbound/url-rules.ts";

const allowed = (...hosts: string[]) => hosts.map((host) => parseAllowedHost(host)).filter((host) => host !== null);
const check = (url: string, ...allow: string[]) =>
  checkUrl(url, { protocols: ["https:", "http:"], allow: allowed(...allow) });

test.each([
  ["http://127.0.0.1:3000/", "127.0.0.1"],
  ["http://127.0.0.1:3000/", "127.0.0.1:3000"],
  ["http://2130706433:3000/", "127.0.0.1:3000"],
  ["http://localhost/", "LocalHost:80"],
  ["https://localhost/", "localhost:443"],
  ["http://[::1]:9/", "[0:0::1]:9"],
  ["http://n8n:5678/webhook", "n8n"],
])("the URL %s is accepted if the allowed hosts contain %s", (url, host) => {
  expect(() => check(url)).toThrow(OutboundUrlError);
  expect(check(url, "other.example", host).href).toBe(new URL(url).href);
});

test("an allowed host does not allow another host, another port, credentials or another scheme", () => {
  for (const url of [
    "http://127.0.0.2:3000/",
    "http://127.0.0.1:3001/",
    "http://a@127.0.0.1:3000/",
    "ftp://127.0.0.1:3000/",
  ]) {
    expect(() => check(url, "127.0.0.1:3000")).toThrow(OutboundUrlError);
  }
});

test.each(["", "a b", "http://localhost", "localhost:", "localhost:70000", "a/b", "[::1", "a@b", "::1"])(
  "the text %j is not a valid allowed host",
  (text) => {
    expect(parseAllowedHost(text)).toBeNull();
  },
);
