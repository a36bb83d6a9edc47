import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { COSTLY_REQUESTS_LIMIT, REQUESTS_PERIOD_SECONDS } from "../../../src/auth/quota.ts";
import { ConfigError, readConfig } from "../../../src/config/config.ts";

test("every setting except PUBLIC_URL, RENDERER_URL and the secrets has a default", () => {
  const { PUBLIC_URL, RENDERER_URL, RENDERER_TOKEN, WEBHOOK_SECRET, LINK_SECRETS, ...rest } = readConfig({});
  const secrets = [PUBLIC_URL, RENDERER_URL, RENDERER_TOKEN, WEBHOOK_SECRET, LINK_SECRETS];
  expect(secrets).toEqual(Array(5).fill(undefined));
  for (const [name, value] of Object.entries(rest)) expect(value, name).toBeDefined();
});

test("an empty setting counts as unset, and other bindings are ignored", () => {
  const defaults = readConfig({});
  const empty = Object.fromEntries(Object.keys(defaults).map((name) => [name, ""]));
  expect(readConfig({ ...empty, PUBLIC_URL: "", MEDIA: {}, OTHER: "x" })).toEqual(defaults);
});

test("numeric settings are read from text", () => {
  expect(readConfig({ TASK_WINDOW: "7", WASM_SEGMENT_SECONDS: "1.5", WASM_CRF: "1" })).toMatchObject({
    TASK_WINDOW: 7,
    WASM_SEGMENT_SECONDS: 1.5,
    WASM_CRF: 1,
  });
});

test("authentication is on by default, and the error for an invalid secret does not show the secret", () => {
  expect(readConfig({}).AUTH).toBe("on");
  expect(readConfig({ LINK_SECRETS: `${"a".repeat(32)}, ${"b".repeat(40)}` }).LINK_SECRETS).toHaveLength(2);
  expect(() => readConfig({ LINK_SECRETS: "my-short-secret" })).toThrow(/^(?!.*my-short-secret)/);
});

test("the rate limits in wrangler.toml equal those that responses show", async () => {
  const toml = await readFile(new URL("../../../wrangler.toml", import.meta.url), "utf8");
  const { QUOTA_REQUESTS } = readConfig({});
  for (const limit of [QUOTA_REQUESTS, COSTLY_REQUESTS_LIMIT]) {
    expect(toml).toContain(`simple = { limit = ${limit}, period = ${REQUESTS_PERIOD_SECONDS} }`);
  }
});

test("the value 0 is accepted as text or number if the setting allows it", () => {
  for (const zero of ["0", 0]) {
    const settings = readConfig({ RETENTION_DAYS: zero, SWEEP_GRACE_SECONDS: zero });
    expect(settings).toMatchObject({ RETENTION_DAYS: 0, SWEEP_GRACE_SECONDS: 0 });
  }
  expect(() => readConfig({ SWEEP_TASKS: 0 })).toThrow("SWEEP_TASKS");
});

test("slashes at the end of PUBLIC_URL are removed", () => {
  expect(readConfig({ PUBLIC_URL: "https://video.example//" }).PUBLIC_URL).toBe("https://video.example");
});

test("the items of a list setting are separated by spaces or commas", () => {
  const [one, two] = [`whsec_${"A".repeat(32)}`, `whsec_${"B".repeat(32)}`];
  const config = readConfig({
    WEBHOOK_SECRET: ` ${one}, ${two} `,
    WEBHOOK_RETRY_SECONDS: "0.5,60 3600",
    OUTBOUND_ALLOW: "localhost:3000,n8n, [::1]",
  });
  expect(config.WEBHOOK_SECRET).toEqual([one, two]);
  expect(config.WEBHOOK_RETRY_SECONDS).toEqual([0.5, 60, 3600]);
  expect(config.OUTBOUND_ALLOW).toEqual([
    { hostname: "localhost", port: 3000 },
    { hostname: "n8n", port: null },
    { hostname: "[::1]", port: null },
  ]);
});

test("an invalid webhook secret is refused, and the error does not show it", () => {
  const attempt = () => readConfig({ WEBHOOK_SECRET: "whsec_hunter2" });
  expect(attempt).toThrow(/WEBHOOK_SECRET.*must be whsec_/);
  expect(attempt).not.toThrow(/hunter2/);
});

test.each([
  ["WEBHOOK_RETRY_SECONDS", "5,0"],
  ["WEBHOOK_RETRY_SECONDS", "soon"],
  ["WEBHOOK_RETRY_SECONDS", ","],
  ["OUTBOUND_ALLOW", "http://localhost:3000"],
  ["DNS_OVER_HTTPS_URL", "1.1.1.1"],
  ["PUBLIC_URL", "ftp://video.example"],
  ["PUBLIC_URL", "video.example"],
  ["RENDERER", "gpu"],
  ["AUTH", "maybe"],
  ["LINK_SECRETS", "short"],
  ["LINK_SECRETS", `${"a".repeat(32)},${"b".repeat(31)}`],
  ["LINK_SECRETS", ["a", "b", "c"].map((letter) => letter.repeat(32)).join(",")],
  ["LINK_LIFE_SECONDS", "0"],
  ["QUOTA_TASKS", "-1"],
  ["QUOTA_REQUESTS", "1.5"],
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
])("the setting %s=%s is refused with the name of the setting", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test("one error names all invalid settings", () => {
  expect(() => readConfig({ TASK_WINDOW: "x", WASM_CRF: "x" })).toThrow(/TASK_WINDOW.*WASM_CRF/);
});
