import { expect, test } from "vitest";
import { parseAllowedHost } from "../../../src/config/allowed-hosts.ts";
import { checkHost } from "../../../src/outbound/check-host.ts";
import { OutboundUrlError } from "../../../src/outbound/url-rules.ts";

const allowed = (...hosts: string[]) => hosts.map((host) => parseAllowedHost(host)).filter((host) => host !== null);
const { signal } = new AbortController();
const reach = (url: string, addresses: string[], ...allow: string[]) => {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return addresses;
  };
  return checkHost(new URL(url), allowed(...allow), resolve, signal).then(() => asked);
};

test("a host name is accepted if all of its addresses are public", async () => {
  expect(await reach("https://hooks.example.com/", ["93.184.215.14", "2606:4700::1111"])).toEqual([
    "hooks.example.com",
  ]);
});

test.each([
  [["127.0.0.1"]],
  [["8.8.8.8", "10.0.0.1"]],
  [["2606:4700::1111", "fd00::1"]],
  [["::ffff:8.8.8.8"]],
  [["what"]],
])("a host name is refused if its addresses are %j", async (addresses) => {
  const message = "hooks.example.com resolves to an IP address that is not public";
  // The whole message is compared, because it must not reveal the private address.
  await expect(reach("https://hooks.example.com/", addresses)).rejects.toThrow(new OutboundUrlError(message));
});

test("a host name is refused if it has no address", async () => {
  await expect(reach("https://hooks.example.com/", [])).rejects.toThrow("has no IP address");
});

test("an allowed host name and an IP address are not looked up", async () => {
  expect(await reach("http://n8n:5678/", ["10.0.0.1"], "n8n")).toEqual([]);
  expect(await reach("https://8.8.8.8/", [])).toEqual([]);
});
