import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllowedHost } from "../../../src/config/allowed-hosts.ts";
import { ResolveError } from "../../../src/outbound/dns-over-https.ts";
import { fetchFile, MAX_REDIRECTS } from "../../../src/outbound/fetch-file.ts";
import { FetchFileError } from "../../../src/outbound/fetch-file-error.ts";
import { type FileHost, startFileHost } from "../../support/services/file-host.ts";

const SECRET = "token=hunter2";
let host: FileHost;
beforeAll(async () => {
  host = await startFileHost((path, response, _, headers) => {
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
    if (kind === "headers") return void response.writeHead(200).flushHeaders();
    if (kind === "nothing") return;
    if (kind === "drip") {
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
      return;
    }
    if (kind === "steps") {
      response.writeHead(200);
      let steps = 0;
      const timer = setInterval(() => {
        response.write("x".repeat(2000));
        if (++steps === 10) {
          clearInterval(timer);
          response.end();
        }
      }, 40);
      return;
    }
    if (kind === "cookie") {
      const cookies = ["a=1; Path=/; HttpOnly", "b=two; Secure"];
      return void response.writeHead(302, { location: decodeURIComponent(value), "set-cookie": cookies }).end();
    }
    if (kind === "cookies") return void response.end(`got ${headers.cookie}`);
    if (kind === "page") return void response.writeHead(200, { "content-type": "video/mp4" }).end("<html>No</html>");
    if (kind === "login") return void response.writeHead(200).end("<!doctype html><title>Sign in</title>");
    if (kind === "empty") return void response.writeHead(200).end();
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
const patient = { response: 60_000, firstByte: 60_000, idle: 60_000 };
async function get(url: string, signal = new AbortController().signal, limits = patient): Promise<string> {
  const allowed = parseAllowedHost(host.host);
  const { body } = await fetchFile(url, {
    ...{ allow: allowed ? [allowed] : [], resolve, signal, limits },
    textExpected: true,
  });
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

test.each([
  ["sends no response", "nothing", { ...patient, response: 100 }, "did not respond within 0.1 s"],
  ["sends headers only", "headers", { ...patient, firstByte: 100 }, "sent nothing, or too little, for 0.1 s"],
  ["stalls in the middle of the file", "silent", { ...patient, idle: 100 }, "sent nothing, or too little, for 0.1 s"],
  ["sends a few bytes per second", "drip", { ...patient, idle: 200 }, "sent nothing, or too little, for 0.2 s"],
])("a fetch from a host that %s ends after the limit, and may be tried again", async (_, kind, limits, message) => {
  const error = await get(`${host.origin}/${kind}`, undefined, limits).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FetchFileError);
  expect(error).toMatchObject({ reason: "unreachable", lasting: false, message: `${host.host} ${message}` });
});

test("a file that takes longer than the idle limit is fetched if its host keeps sending", async () => {
  expect(await get(`${host.origin}/steps`, undefined, { ...patient, idle: 300 })).toHaveLength(20_000);
});

test("the time that the reader needs does not count as silence of the host", async () => {
  const allowed = parseAllowedHost(host.host);
  const limits = { ...patient, idle: 100 };
  const signal = new AbortController().signal;
  const { body } = await fetchFile(`${host.origin}/file`, {
    ...{ allow: allowed ? [allowed] : [], resolve, signal, limits },
    textExpected: true,
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(Buffer.concat(chunks).toString()).toBe("the file's bytes");
});

test("a cookie that a host sets while it redirects goes back to this host and to no other", async () => {
  const other = await startFileHost((_, response, __, { cookie }) => void response.end(`other got ${cookie}`));
  const allowed = [host.host, other.host].flatMap((text) => parseAllowedHost(text) ?? []);
  const fetched = async (target: string) => {
    const url = `${host.origin}/cookie/${encodeURIComponent(target)}`;
    const signal = new AbortController().signal;
    const { body } = await fetchFile(url, { allow: allowed, resolve, signal, limits: patient, textExpected: true });
    return Buffer.concat(await Array.fromAsync(body)).toString();
  };
  try {
    expect(await fetched("/cookies")).toBe("got a=1; b=two");
    expect(await fetched(`${other.origin}/x`)).toBe("other got undefined");
  } finally {
    await other.close();
  }
});

test.each([
  ["page", "answered a web page, not a file"],
  ["empty", "answered an empty response, not a file"],
  ["login", "asks to sign in"],
])("a link to /%s is refused, and the message says what it is and how to get a link to a file", async (kind, what) => {
  const error = await failure(`${host.origin}/${kind}?${SECRET}`);
  expect(error).toMatchObject({ reason: "refused", lasting: true });
  expect(error?.message).toMatch(new RegExp(`^${host.host} ${what}: open the link in a private browser window`));
});

test.each(["http://169.254.169.254/latest/meta-data", "https://127.0.0.1/a", "https://metadata.example.com/a"])(
  "the link %s is refused also inside the link of a viewer",
  async (url) => {
    const error = await failure(`https://docs.google.com/viewer?url=${encodeURIComponent(url)}`);
    expect(error).toMatchObject({ reason: "refused", lasting: true });
  },
);

test("a share link without a link to its file is refused before it is called, also after a redirect", async () => {
  for (const address of ["https://we.tl/t-AbC", to("https://we.tl/t-AbC")]) {
    expect(await failure(address)).toMatchObject({
      ...{ reason: "refused", lasting: true },
      message: expect.stringMatching(/^we\.tl opens a web page, not a file: it has no links to files/),
    });
  }
});
