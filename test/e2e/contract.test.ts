import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { origin } from "./support/running-service.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test("the service passes every check of test/contract/check.mjs", async () => {
  const MATERIALS = [path("samples/dusk.mp4"), path("samples/life.mp4")].join(",");
  const run = promisify(execFile)(process.execPath, [path("test/contract/check.mjs"), origin], {
    env: { ...process.env, MATERIALS },
  });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  expect(stdout.trim()).toMatch(/^\d{3,} passed, 0 failed$/);
});
