import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { brokenImportRules, circlesOf, type SourceFile } from "../../support/import-rules.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The rooms from top to bottom, as docs/architecture.md lists them. */
const order = [...readFileSync(`${root}docs/architecture.md`, "utf8").matchAll(/^\| `src\/(\w+)\/`/gm)].map(
  ([, room = ""]) => room,
);

const sources: SourceFile[] = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: `src/${path}`, text: readFileSync(`${root}src/${path}`, "utf8") }));

test("imports in src follow the order of rooms in docs/architecture.md and the other import rules", () => {
  expect(sources.length).toBeGreaterThan(150);
  expect(brokenImportRules(sources, order)).toEqual([]);
});

test("no files in src import each other in a circle", () => {
  expect(circlesOf(sources)).toEqual([]);
});

const file = (path: string, ...imports: string[]): SourceFile => ({
  path,
  text: imports.map((name) => `import type { X } from "${name}";\n`).join(""),
});

test("an import from a higher room is reported with file, import and rule", () => {
  const files = [file("src/http/app.ts", "../db/schema.ts"), file("src/db/schema.ts", "../http/app.ts")];
  expect(brokenImportRules(files, ["http", "db"])).toEqual([
    "src/db/schema.ts imports src/http/app.ts: src/db imports only from rooms below it",
  ]);
});

test("an import of another package or room into src/api is reported", () => {
  const files = [file("src/api/task.ts", "zod", "./files.ts", "hono", "../util/log.ts"), file("src/util/log.ts")];
  expect(brokenImportRules(files, ["api", "util"])).toEqual([
    "src/api/task.ts imports hono: src/api imports only zod and itself",
    "src/api/task.ts imports src/util/log.ts: src/api imports only zod and itself",
  ]);
});

test("an import of the author Worker, or of a package that calls providers, is reported", () => {
  const broken = brokenImportRules(
    [file("src/db/a.ts", "../../author/src/settings.ts", "ai", "@ai-sdk/openai")],
    ["db"],
  );
  expect(broken.map((line) => line.split(":")[0])).toEqual([
    "src/db/a.ts imports author/src/settings.ts",
    "src/db/a.ts imports ai",
    "src/db/a.ts imports @ai-sdk/openai",
  ]);
});

test("a room with sixteen files in one folder is reported, and one with fifteen is not", () => {
  const room = (count: number) => Array.from({ length: count }, (_, index) => file(`src/db/${index}.ts`));
  expect(brokenImportRules(room(15), ["db"])).toEqual([]);
  expect(brokenImportRules(room(16), ["db"])).toEqual(["src/db has 16 files: a folder has at most 15"]);
});

test("a circle of five files is reported, also when a dynamic import closes it", () => {
  const circle = [1, 2, 3, 4].map((index) => file(`src/db/${index}.ts`, `./${index + 1}.ts`));
  const last = { path: "src/db/5.ts", text: 'await import("./1.ts");' };
  expect(brokenImportRules([...circle, last], ["db"])).toEqual([
    "src/db/1.ts, src/db/2.ts, src/db/3.ts, src/db/4.ts, src/db/5.ts import each other: a circle has at most 4 files",
  ]);
});

test("a file outside all rooms and a room without a place in the order are reported", () => {
  expect(brokenImportRules([file("src/helpers.ts"), file("src/misc/a.ts")], ["db"])).toEqual([
    "src/helpers.ts: belongs into a room",
    "src/misc/a.ts: the room src/misc has no place in the order",
  ]);
});
