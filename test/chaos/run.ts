// npm run chaos: runs a service with real renders and injects faults as the plan of a seed says. The exit code is 1 if
// anything was lost, stuck or wrong.
//
//   npm run chaos -- [--short | --wasm] [--seed NAME]
//   npm run chaos -- authoring [--seed NAME]
//   npm run chaos -- load [--tasks 1000] [--garbage 0.02]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { has } from "../e2e/support/programs.ts";
import { startFakeProviders } from "../support/providers/server.ts";
import { buildWorker } from "./build.ts";
import { AUTHOR_PROVIDERS, AUTHOR_SETTINGS, FAULTS_VARS, runFaults } from "./faults.ts";
import { LOAD_VARS, runLoad } from "./load.ts";
import { AUTHORING_RUN, LONG_RUN, type PlanSize, SHORT_RUN, WASM_RUN } from "./plan.ts";
import { World } from "./world.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean", default: false },
    wasm: { type: "boolean", default: false },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    tasks: { type: "string", default: "1000" },
    garbage: { type: "string", default: "0" },
  },
});
const [mode = "faults"] = positionals;
if (mode !== "faults" && mode !== "authoring" && mode !== "load") {
  console.error(`unknown run "${mode}"; use no argument for faults, "authoring" or "load"`);
  process.exit(2);
}
if (!has("ffmpeg")) {
  console.log("skipped: ffmpeg is not installed");
  process.exit(0);
}

const folder = await mkdtemp(join(tmpdir(), "edgereel-chaos-"));
const providers = await startFakeProviders();
try {
  const { wasm } = values;
  const vars = mode === "load" ? LOAD_VARS : FAULTS_VARS;
  const world = await World.start({
    config: await buildWorker(folder, { wasm, author: mode !== "load" }),
    state: folder,
    author: { ...providers.settings(...AUTHOR_PROVIDERS), ...AUTHOR_SETTINGS },
    vars,
    seed: values.seed,
    wasm,
  });
  try {
    const passed = await (mode === "load"
      ? runLoad(world, Number(values.tasks), Number(values.garbage))
      : runFaults(world, providers, values.seed, sizeOf()));
    if (!passed) process.exitCode = 1;
  } finally {
    await world.stop();
  }
} finally {
  await providers.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

function sizeOf(): PlanSize {
  if (mode === "authoring") return AUTHORING_RUN;
  return values.wasm ? WASM_RUN : values.short ? SHORT_RUN : LONG_RUN;
}
