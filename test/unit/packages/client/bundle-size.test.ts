import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Bundles code that imports the client for browsers, as an application would. Returns the size in gzipped bytes. */
async function bundledBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    ...{ bundle: true, minify: true, format: "esm", platform: "browser", write: false },
  });
  return outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).byteLength, 0);
}

test("the whole client is smaller than 10 KiB gzipped in a browser bundle, without any module of Node", async () => {
  const bytes = await bundledBytes('export * from "./packages/client/src/index.ts"');
  console.log(`client bundle: ${bytes} bytes gzipped`);
  expect(bytes).toBeGreaterThan(3_000);
  expect(bytes).toBeLessThan(10 * 1024);
});

test("a bundle that only verifies webhooks holds nothing else of the client", async () => {
  expect(await bundledBytes('export { verifyWebhook } from "./packages/client/src/index.ts"')).toBeLessThan(1_500);
});
