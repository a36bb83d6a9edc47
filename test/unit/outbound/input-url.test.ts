import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanFileName } from "../../../src/library/file-names.ts";
import { isUrl } from "../../../src/outbound/input-url.ts";
import { type FileHost, startFileHost } from "../../support/file-host.ts";

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

test("isUrl accepts every web URL and no name of an uploaded file", () => {
  fc.assert(fc.property(fc.webUrl(), (url) => isUrl(url)));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      let name: string;
      try {
        name = cleanFileName(text);
      } catch {
        return;
      }
      expect(isUrl(name)).toBe(false);
    }),
  );
});
