// npm run n8n:build: compiles packages/n8n-nodes-edgereel to dist/, as it is published: CommonJS, as n8n loads it.
import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "packages/n8n-nodes-edgereel");
const tsc = join(root, "node_modules/typescript/bin/tsc");
await rm(join(folder, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", join(folder, "tsconfig.build.json")], { stdio: "inherit" });
await cp(join(folder, "icons"), join(folder, "dist/icons"), { recursive: true });
for (const node of ["Edgereel", "EdgereelTrigger"]) {
  const description = `nodes/${node}/${node}.node.json`;
  await cp(join(folder, description), join(folder, "dist", description));
}
