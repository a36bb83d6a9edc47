import { expect, test } from "vitest";
import * as zod from "zod";
import * as bundled from "../../../src/util/zod-without-locales.ts";

const notBundled = [
  ...["INVALID", "ZodCompileAsyncError", "ZodCompileUnsupportedError", "compile", "withParser"],
  ...["core", "fromJSONSchema", "locales"],
];

/** Namespace objects, which cannot be the same objects in both. */
const namespaces = ["default", "z"];

test("the zod that the Worker bundles has every export of zod but the compiler, the locales and fromJSONSchema", () => {
  const names = Object.keys(zod).filter((name) => !notBundled.includes(name));
  expect(Object.keys(bundled).toSorted()).toEqual(names.toSorted());
});

test("the zod that the Worker bundles exports zod's own classes and functions", () => {
  const original: Record<string, unknown> = { ...zod };
  for (const [name, value] of Object.entries(bundled)) {
    if (!namespaces.includes(name)) expect(value, name).toBe(original[name]);
  }
});

test("the zod that the Worker bundles writes the same English messages", () => {
  const values = [3, "", null, { name: "x", extra: 1 }, { name: 4, size: "big" }];
  const messages = (z: typeof bundled | typeof zod) => {
    const schema = z.strictObject({ name: z.string().min(2), size: z.number().max(9).optional() });
    return values.map((value) => z.prettifyError(schema.safeParse(value).error ?? new z.ZodError([])));
  };
  expect(messages(bundled)).toEqual(messages(zod));
  expect(messages(bundled)[0]).toBe("✖ Invalid input: expected object, received number");
});
