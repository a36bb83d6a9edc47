// npm run chaos: runs a service with real renders and injects faults as the plan of a seed says. The exit code is 1 if
// anything was lost, stuck or wrong.
//
//   npm run chaos -- [--short | --wasm] [--seed NAME]
//   npm run chaos -- load [--tasks 1000] [--garbage 0.02]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { has } from "../e2e/support/programs.ts";
import { buildWorker } from "./build.ts";
import { FAULTS_VARS, runFaults } from "./faults.ts";
import { LOAD_VARS, runLoad } from "./load.ts";
import { LONG_RUN, SHORT_RUN, WASM_RUN } from "./plan.ts";
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
if (mode !== "faults" && mode !== "load") {
  console.error(`unknown run "${mode}"; use no argument for faults, or "load"`);
  process.exit(2);
}
if (!has("ffmpeg")) {
  console.log("skipped: ffmpeg is not installed");
  process.exit(0);
}

const folder = await mkdtemp(join(tmpdir(), "edgereel-chaos-"));
try {
  const { wasm } = values;
  const vars = mode === "load" ? LOAD_VARS : FAULTS_VARS;
  const world = await World.start({
    config: await buildWorker(folder, wasm),
    state: folder,
    vars,
    seed: values.seed,
    wasm,
  });
  try {
    const passed = await (mode === "load"
      ? runLoad(world, Number(values.tasks), Number(values.garbage))
      : runFaults(world, values.seed, wasm ? WASM_RUN : values.short ? SHORT_RUN : LONG_RUN));
    if (!passed) process.exitCode = 1;
  } finally {
    await world.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
