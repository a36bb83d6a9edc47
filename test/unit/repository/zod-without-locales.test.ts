import { expect, test } from "vitest";
import * as zod from "zod";
import * as bundled from "../../../src/util/zod-without-locales.ts";

const notBundled = [
  ...["INVALID", "ZodCompileAsyncError", "ZodCompileUnsupportedError", "compile", "withParser"],
  ...["core", "fromJSONSchema", "locales"],
];

/** Exports that are module namespaces, so they are different objects in the two modules. */
const namespaces = ["default", "z"];

test("the bundled zod has every export of zod except the compiler, the locales and fromJSONSchema", () => {
  const names = Object.keys(zod).filter((name) => !notBundled.includes(name));
  expect(Object.keys(bundled).toSorted()).toEqual(names.toSorted());
});

test("the bundled zod exports the same classes and functions as zod", () => {
  const original: Record<string, unknown> = { ...zod };
  for (const [name, value] of Object.entries(bundled)) {
    if (!namespaces.includes(name)) expect(value, name).toBe(original[name]);
  }
});

test("the bundled zod writes the same English messages as zod", () => {
  const values = [3, "", null, { name: "x", extra: 1 }, { name: 4, size: "big" }];
  const messages = (z: typeof bundled | typeof zod) => {
    const schema = z.strictObject({ name: z.string().min(2), size: z.number().max(9).optional() });
    return values.map((value) => z.prettifyError(schema.safeParse(value).error ?? new z.ZodError([])));
  };
  expect(messages(bundled)).toEqual(messages(zod));
  expect(messages(bundled)[0]).toBe("✖ Invalid input: expected object, received number");
});
