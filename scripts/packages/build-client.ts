// npm run client:build: compiles packages/client to dist/, as it is published: JavaScript modules and their types.
import { execFileSync } from "node:child_process";
import { chmod, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientFolder } from "./client-sources.ts";

const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
await rm(join(clientFolder, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", join(clientFolder, "tsconfig.build.json")], { stdio: "inherit" });
await chmod(join(clientFolder, "dist/cli/main.js"), 0o755);
await cp(new URL("../../LICENSE", import.meta.url), join(clientFolder, "LICENSE"));
