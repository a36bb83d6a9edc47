import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EdgereelError } from "../../../../packages/client/src/index.ts";
import { clientFolder, clientSources, errorClassName } from "../../../../scripts/packages/client-sources.ts";
import { errorTable } from "../../../../src/api/errors.ts";

const sources = await clientSources();

test.each(Object.keys(sources))(
  "the client's %s fits the service; if not, run: npm run client:generate",
  async (name) => {
    const committed = await readFile(join(clientFolder, name), "utf8");
    // Not toBe(): the difference of two files of thousands of lines would hide the advice in the title.
    expect(committed === sources[name], "run: npm run client:generate").toBe(true);
  },
);

test("the client exports one error class for each error code of the service", async () => {
  const client: Record<string, unknown> = await import("../../../../packages/client/src/index.ts");
  const names = Object.keys(errorTable).map(errorClassName);
  expect(new Set(names).size).toBe(names.length);
  for (const [code, { retryable }] of Object.entries(errorTable)) {
    const Class = client[errorClassName(code)] as typeof EdgereelError;
    expect([Class.code, Class.retryable, new Class("").code], code).toEqual([code, retryable, code]);
  }
});
