import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");
interface Locked {
  packages: Record<
    string,
    { version?: string; resolved?: string; integrity?: string; hasInstallScript?: true; link?: true }
  >;
}
interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}
const json = async <T>(path: string) => JSON.parse(await read(path)) as T;

test("dependencies have exact versions, and the lock file has hashes and only npm registry URLs", async () => {
  for (const manifest of [
    "package.json",
    "container/package.json",
    "packages/client/package.json",
    "packages/server/package.json",
  ]) {
    const { dependencies, devDependencies } = await json<Manifest>(manifest);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, `${name} in ${manifest}`).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
  }
  const { packages } = await json<Locked>("package-lock.json");
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes("node_modules/") || entry.link) continue;
    expect(entry.integrity, path).toMatch(/^sha512-/);
    // Without `resolved`, the npm client uses its own registry. Any other URL must be the public npm registry.
    if (entry.resolved !== undefined) expect(entry.resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
  }
});

test("only the install scripts of esbuild, node and workerd are allowed to run", async () => {
  const { allowScripts = {} } = await json<Manifest>("package.json");
  const { packages } = await json<Locked>("package-lock.json");
  const scripted = Object.entries(packages).flatMap(([path, entry]) =>
    entry.hasInstallScript ? [path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)] : [],
  );
  for (const name of scripted) expect(Object.keys(allowScripts), name).toContain(name);
  expect(
    Object.keys(allowScripts)
      .filter((name) => allowScripts[name])
      .sort(),
  ).toEqual(["esbuild", "node", "workerd"]);
});

test("the container image does not run as root", async () => {
  const users = [...(await read("container/Dockerfile")).matchAll(/^USER\s+(\S+)/gm)].map(([, user]) => user);
  expect(users.at(-1)).toBeDefined();
  expect(users.at(-1)).not.toMatch(/^(root|0)(:|$)/);
});
