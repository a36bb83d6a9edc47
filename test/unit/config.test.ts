import { expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config.ts";

test("every setting has a default but addresses and secrets", () => {
  const { PUBLIC_URL, RENDERER_URL, RENDERER_TOKEN, ...rest } = readConfig({});
  expect([PUBLIC_URL, RENDERER_URL, RENDERER_TOKEN]).toEqual([undefined, undefined, undefined]);
  for (const [name, value] of Object.entries(rest)) expect(value, name).toBeDefined();
});

test("an empty setting is not set, and what is no setting is left alone", () => {
  const defaults = readConfig({});
  const empty = Object.fromEntries(Object.keys(defaults).map((name) => [name, ""]));
  expect(readConfig({ ...empty, PUBLIC_URL: "", MEDIA: {}, OTHER: "x" })).toEqual(defaults);
});

test("numbers come as text, as [vars] and .dev.vars give them", () => {
  expect(readConfig({ TASK_WINDOW: "7", WASM_SEGMENT_SECONDS: "1.5", WASM_CRF: "1" })).toMatchObject({
    TASK_WINDOW: 7,
    WASM_SEGMENT_SECONDS: 1.5,
    WASM_CRF: 1,
  });
});

test("a zero is a value, however it is written, where it means something", () => {
  for (const zero of ["0", 0]) {
    const settings = readConfig({ RETENTION_DAYS: zero, SWEEP_GRACE_SECONDS: zero });
    expect(settings).toMatchObject({ RETENTION_DAYS: 0, SWEEP_GRACE_SECONDS: 0 });
  }
  expect(() => readConfig({ SWEEP_TASKS: 0 })).toThrow("SWEEP_TASKS");
});

test("the public address loses the slash at its end", () => {
  expect(readConfig({ PUBLIC_URL: "https://video.example//" }).PUBLIC_URL).toBe("https://video.example");
});

test.each([
  ["PUBLIC_URL", "ftp://video.example"],
  ["PUBLIC_URL", "video.example"],
  ["RENDERER", "gpu"],
  ["UPLOAD_MAX_BYTES", "0"],
  ["UPLOAD_MAX_BYTES", "1.5"],
  ["TASK_WINDOW", "-1"],
  ["TASK_WINDOW", "many"],
  ["RETENTION_DAYS", "-1"],
  ["SWEEP_GRACE_SECONDS", "-1"],
  ["WASM_SHORT_SIDE", "63"],
  ["WASM_SHORT_SIDE", "721"],
  ["WASM_SEGMENT_SECONDS", "0.5"],
  ["NATIVE_SEGMENT_SECONDS", "0.9"],
  ["WASM_PRESET", "placebo"],
  ["WASM_CRF", "52"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test("all that is wrong is said at once", () => {
  expect(() => readConfig({ TASK_WINDOW: "x", WASM_CRF: "x" })).toThrow(/TASK_WINDOW.*WASM_CRF/);
});
