import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllowedHost } from "../../../src/config/allowed-hosts.ts";
import { ResolveError } from "../../../src/outbound/dns-over-https.ts";
import { FetchFileError, fetchFile, MAX_REDIRECTS } from "../../../src/outbound/fetch-file.ts";
import { type FileHost, startFileHost } from "../../support/services/file-host.ts";

const SECRET = "token=hunter2";
let host: FileHost;
beforeAll(async () => {
  host = await startFileHost((path, response) => {
    const [, kind = "", value = ""] = /^\/([a-z]+)\/?([^?]*)/.exec(path) ?? [];
    if (kind === "file") return void response.end("the file's bytes");
    if (kind === "status") return void response.writeHead(Number(value)).end("x");
    if (kind === "to") return void response.writeHead(302, { location: decodeURIComponent(value) }).end("x");
    if (kind === "hops") {
      const location = Number(value) > 0 ? `/hops/${Number(value) - 1}` : "/file";
      return void response.writeHead(307, { location }).end("x");
    }
    if (kind === "broken") {
      response.writeHead(200, { "content-length": "1000" }).write("half");
      setTimeout(() => response.destroy(), 20);
      return;
    }
    if (kind === "silent") return void response.writeHead(200).write("half");
    response.writeHead(404).end();
  });
});
afterAll(() => host.close());

const resolve = async (name: string) => {
  if (name === "private.example.com") return ["93.184.215.14", "10.0.0.1"];
  if (name === "metadata.example.com") return ["169.254.169.254"];
  if (name === "unknown.example.com") return [];
  throw new ResolveError(`${name} could not be looked up`);
};
async function get(url: string, signal = new AbortController().signal): Promise<string> {
  const allowed = parseAllowedHost(host.host);
  const { body } = await fetchFile(url, { allow: allowed ? [allowed] : [], resolve, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
const failure = (url: string) =>
  get(url).then(
    () => null,
    (error: unknown) => error as FetchFileError,
  );
const to = (url: string) => `${host.origin}/to/${encodeURIComponent(url)}?${SECRET}`;

test("a file is fetched through at most MAX_REDIRECTS redirects", async () => {
  expect(await get(`${host.origin}/file`)).toBe("the file's bytes");
  expect(await get(`${host.origin}/hops/${MAX_REDIRECTS - 1}`)).toBe("the file's bytes");
  const error = await failure(`${host.origin}/hops/${MAX_REDIRECTS}`);
  expect(error).toMatchObject({
    reason: "refused",
    lasting: true,
    message: expect.stringContaining("more than 5 redirects"),
  });
});

test.each([
  ["loopback", "https://127.0.0.1/a"],
  ["another port of loopback", "http://127.0.0.1:1/a"],
  ["loopback in hexadecimal", "https://0x7f000001/a"],
  ["IPv6 loopback", "https://[::1]/a"],
  ["IPv4-mapped loopback", "https://[::ffff:127.0.0.1]/a"],
  ["the metadata service", "http://169.254.169.254/latest/meta-data"],
  ["the metadata service over HTTPS", "https://169.254.169.254/latest/meta-data"],
  ["a private network", "https://192.168.1.1/a"],
  ["a private host name", "https://printer.local/a"],
  ["a host name with a public and a private address", "https://private.example.com/a"],
  ["a host name that resolves to the metadata service", "https://metadata.example.com/a"],
  ["a host name without an address", "https://unknown.example.com/a"],
  ["an http URL", "http://files.example.com/a"],
  ["a file URL", "file:///etc/passwd"],
  ["a URL with a user name and password", "https://user:hunter2@files.example.com/a"],
])("a fetch from %s is refused, both directly and after a redirect", async (_, url) => {
  for (const address of [`${url}?${SECRET}`, to(`${url}?${SECRET}`)]) {
    const before = host.asked.length;
    const error = await failure(address);
    expect(error).toBeInstanceOf(FetchFileError);
    expect(error).toMatchObject({ reason: "refused", lasting: true });
    expect(error?.message).not.toMatch(/hunter2|passwd|meta-data/);
    expect(host.asked.length - before).toBe(address === url || address.startsWith(url) ? 0 : 1);
  }
});

test.each([
  [404, true],
  [403, true],
  [204, true],
  [408, false],
  [429, false],
  [500, false],
  [503, false],
])("the lasting flag for the status %i from a file host is %s", async (status, lasting) => {
  const error = await failure(`${host.origin}/status/${status}?${SECRET}`);
  expect(error).toMatchObject({ reason: "unreachable", lasting, message: `${host.host} answered ${status}` });
});

test("a broken connection or a failed DNS lookup is not a lasting failure of a fetch", async () => {
  for (const url of [`${host.origin}/broken?${SECRET}`, "https://lost.example.com/a"]) {
    const error = await failure(url);
    expect(error).toMatchObject({ reason: "unreachable", lasting: false });
    expect(error?.message).not.toContain("hunter2");
  }
});

test("a download stops when its signal aborts, even if the host sends nothing more", async () => {
  const controller = new AbortController();
  const reading = get(`${host.origin}/silent`, controller.signal);
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await expect(reading).rejects.toThrow("enough");
});
