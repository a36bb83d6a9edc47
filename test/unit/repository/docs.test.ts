import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { requestErrors, taskErrors } from "../../../src/api/errors.ts";
import { taskDataSchema } from "../../../src/api/task.ts";
import { configSchema } from "../../../src/config/config.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFile(join(root, path), "utf8");

/** Every Markdown page of the repository, including uncommitted pages. */
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((page) => page !== "" && existsSync(join(root, page)));

/** The anchors that GitHub makes for the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** A page without its code blocks, which contain examples and no links. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");

test.each(pages)("every relative link in %s points to an existing file and heading", async (page) => {
  for (const [link, target = ""] of prose(await read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : relative(root, join(root, dirname(page), path));
    expect(existsSync(join(root, file)), `${page}: ${link}`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(await read(file)), `${page}: ${link}`).toContain(anchor);
  }
});

test.each(pages)("every repository path named in %s exists", async (page) => {
  const folders = "src|test|scripts|bench|container|wasm|migrations|docs|examples|public|samples";
  const named = (await read(page)).matchAll(new RegExp(`(?<![\\w./~-])(?:${folders})/[\\w./-]*[\\w/]`, "g"));
  for (const [path] of named) {
    if (path.startsWith("public/vendor")) continue;
    expect(existsSync(join(root, path)), `${page}: ${path}`).toBe(true);
  }
});

test.each(pages.filter((page) => page.startsWith("src/")))("every file named in %s exists", async (page) => {
  for (const [, name = ""] of (await read(page)).matchAll(/`([\w./-]+)`/g)) {
    if (!name.includes("/") && !name.endsWith(".ts")) continue;
    const places = [join(root, dirname(page), name), join(root, name)];
    expect(places.some(existsSync), `${page}: ${name}`).toBe(true);
  }
});

test("the README has at most 150 lines", async () => {
  expect((await read("README.md")).trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

test("docs/architecture.md describes every folder of src", async () => {
  const folders = await readdir(join(root, "src"), { withFileTypes: true });
  const rooms = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const described = [...(await read("docs/architecture.md")).matchAll(/^\| `src\/(\w+)\/`/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual(rooms.sort());
});

test("docs/api.md describes every field of a task's data", async () => {
  const [, section = ""] = (await read("docs/api.md")).split(/^## Task data$/m);
  const [table = ""] = section.split(/^## /m);
  const cells = [...table.matchAll(/^\|([^|]*)\|/gm)].map(([, cell = ""]) => cell);
  const fields = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(fields.sort()).toEqual(Object.keys(taskDataSchema.shape).sort());
});

test("docs/configuration.md lists every setting exactly once, with its default", async () => {
  const rows = [...(await read("docs/configuration.md")).matchAll(/^\| `([A-Z][A-Z_]+)` *\|([^|]*)\|/gm)];
  const documented = Object.fromEntries(rows.map(([, name = "", value = ""]) => [name, value.trim()]));
  const actual = Object.entries(configSchema.shape).map(([name, schema]) => {
    const value: unknown = schema.safeParse(undefined).data;
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    return [name, text === "" ? "" : `\`${text}\``];
  });
  expect(rows.length).toBe(Object.keys(documented).length);
  expect(documented).toEqual(Object.fromEntries(actual));
});

test("docs/errors.md lists every error code with its status, retryability and meaning", async () => {
  const [, taskPart = "", requestPart = ""] = (await read("docs/errors.md")).split(/^## Errors of /m);
  const tables = [
    { part: taskPart, errors: taskErrors },
    { part: requestPart, errors: requestErrors },
  ];
  for (const { part, errors } of tables) {
    const documented = [...part.matchAll(/^\| `(\w+)` *\|([^|]*)\|([^|]*)\|(.*)\|$/gm)].map((row) =>
      row.slice(1).map((cell) => cell.trim()),
    );
    const actual = Object.entries(errors).map(([code, { status, retryable, meaning }]) => [
      code,
      String(status ?? ""),
      retryable ? "yes" : "no",
      meaning,
    ]);
    expect(documented).toEqual(actual);
  }
});

test("the newest release in CHANGELOG.md is the version of all packages", async () => {
  const [, release] = /^## \[(\d[^\]]*)\] - \d{4}-\d{2}-\d{2}$/m.exec(await read("CHANGELOG.md")) ?? [];
  for (const manifest of [
    "package.json",
    "container/package.json",
    "packages/client/package.json",
    "packages/server/package.json",
    "packages/n8n-nodes-edgereel/package.json",
  ]) {
    expect(JSON.parse(await read(manifest)), manifest).toMatchObject({ version: release });
  }
});
