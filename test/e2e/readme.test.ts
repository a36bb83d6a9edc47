import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { origin } from "./support/running-service.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const readme = await readFile(path("README.md"), "utf8");

test("the commands of the README's walk-through make a video and save it", async () => {
  const block = /<!-- walk-through -->\n```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const script = block.replace("http://localhost:8080", origin);
  expect(script).toContain(`BASE=${origin}`);
  const folder = await mkdtemp(join(tmpdir(), "edgereel-readme-"));
  try {
    await symlink(path("samples"), join(folder, "samples"));
    const { stdout, stderr } = await promisify(execFile)("sh", ["-eu", "-c", script], { cwd: folder });
    expect(stderr).toBe("");
    expect(stdout).toContain('"state":1');
    expect(stdout).toMatch(/^ *1024$/m);
    expect(stdout).not.toMatch(/"status":[45]/);
    expect((await stat(join(folder, "final-1.mp4"))).size).toBeGreaterThan(10_000);
  } finally {
    await rm(folder, { recursive: true });
  }
});
