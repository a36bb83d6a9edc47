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
  const messages = (z: Pick<typeof bundled, "strictObject" | "string" | "number">) => {
    const schema = z.strictObject({ name: z.string().min(2), size: z.number().max(9).optional() });
    return values.map((value) => zod.prettifyError(schema.safeParse(value).error ?? new zod.ZodError([])));
  };
  expect(messages(bundled)).toEqual(messages(zod));
  expect(messages(bundled)[0]).toBe("✖ Invalid input: expected object, received number");
});
