// npm run n8n:install: installs n8n's engine and linter, for the tests of packages/n8n-nodes-edgereel. They are not
// dependencies of this repository, because they have hundreds of megabytes.
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Where n8n is installed. */
export const n8nFolder = fileURLToPath(new URL("../../node_modules/.cache/edgereel-n8n/", import.meta.url));

const dependencies = { "@n8n/node-cli": "0.48.3", "n8n-core": "2.41.1", "n8n-workflow": "2.41.0" };

if (import.meta.main) {
  await mkdir(n8nFolder, { recursive: true });
  await writeFile(`${n8nFolder}package.json`, JSON.stringify({ private: true, dependencies }));
  // None of what the tests use needs an install script.
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    ...{ cwd: n8nFolder, stdio: "inherit" },
  });
  console.log(`n8n is installed in ${n8nFolder}`);
}
