import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as zod from "zod";
import packageJson from "../../../package.json" with { type: "json" };
import { version } from "../../../src/util/version.ts";
import * as bundled from "../../../src/util/zod-without-locales.ts";

/** Exports that are module namespaces, so they are different objects in the two modules. */
const namespaces = ["default", "z"];
/** What the code takes from zod as types only. */
const types = ["infer", "input", "output", "core"];

test("the bundled zod exports everything that the API Worker's code takes from zod", async () => {
  const folder = fileURLToPath(new URL("../../../src", import.meta.url));
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const used = new Set<string>();
  for (const file of files) {
    const code = await readFile(`${folder}/${file}`, "utf8");
    for (const [, name = ""] of code.matchAll(/\bz\.(\w+)/g)) used.add(name);
  }
  const missing = [...used].filter((name) => name in zod && !(name in bundled) && !types.includes(name));
  expect(missing).toEqual([]);
});

test("the version that the service tells is that of package.json", () => {
  expect(version).toBe(packageJson.version);
});

test("the bundled zod exports the same classes and functions as zod", () => {
  const original: Record<string, unknown> = { ...zod };
  for (const [name, value] of Object.entries(bundled)) {
    if (!namespaces.includes(name)) expect(value, name).toBe(original[name]);
  }
});

test("the bundled zod writes the same English messages as zod", () => {
  const values = [3, "", null, { name: "x", extra: 1 }, { name: 4, size: "big" }];
  const ours = bundled.strictObject({ name: bundled.string().min(2), size: bundled.number().max(9).optional() });
  const original = zod.strictObject({ name: zod.string().min(2), size: zod.number().max(9).optional() });
  const messages = (schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } | undefined } }) =>
    values.map((value) => schema.safeParse(value).error?.issues.map(({ message }) => message));
  expect(messages(ours)).toEqual(messages(original));
  expect(messages(ours)[0]).toEqual(["Invalid input: expected object, received number"]);
});
