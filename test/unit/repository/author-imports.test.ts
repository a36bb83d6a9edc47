import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { circlesOf, importsOf, type SourceFile } from "../../support/import-rules.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const sources: SourceFile[] = readdirSync(`${root}author/src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: `author/src/${path}`, text: readFileSync(`${root}author/src/${path}`, "utf8") }));

/** What the author Worker may use of the API Worker's source. */
const SHARED = [/^src\/api\//, /^src\/protocol\//, /^src\/util\//, /^src\/config\/allowed-hosts\.ts$/];

test("the author Worker only imports protocol, public schemas and helpers of src", () => {
  expect(sources.length).toBeGreaterThan(40);
  const foreign = sources.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith("src/") && !SHARED.some((allowed) => allowed.test(name)))
      .map((name) => `${file.path} imports ${name}`),
  );
  expect(foreign).toEqual([]);
});

test("one kind of provider does not import another one", () => {
  const kinds = ["writing", "speech", "footage", "pictures"];
  const kindOf = (path: string) => kinds.find((kind) => path.startsWith(`author/src/${kind}/`));
  const mixed = sources.flatMap((file) =>
    importsOf(file)
      .filter((name) => kindOf(file.path) && kindOf(name) && kindOf(name) !== kindOf(file.path))
      .map((name) => `${file.path} imports ${name}`),
  );
  expect(mixed).toEqual([]);
});

test("no files of the author Worker import each other in a circle, and no folder has more than 15 files", () => {
  expect(circlesOf(sources)).toEqual([]);
  const folders = Map.groupBy(sources, ({ path }) => path.slice(0, path.lastIndexOf("/")));
  for (const [folder, files] of folders) expect(files.length, folder).toBeLessThanOrEqual(15);
});
