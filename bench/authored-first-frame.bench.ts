import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../scripts/free-port.ts";
import { startRenderServer } from "../scripts/service.ts";
import { type FakeProviders, startFakeProviders } from "../test/support/providers/server.ts";
import { reportFirstSecond, timeToFirstSecond } from "./first-second.ts";
import { withService } from "./service.ts";

const TOKEN = "a token for the bench only";
/** The fake voice speaks it in about a minute. */
const SCRIPT = Array.from(
  { length: 13 },
  (_, index) => `This is sentence number ${index + 1} of a script that takes a minute.`,
).join(" ");
const TARGET = 0.2;

/**
 * Measures how soon watching can begin if a script of 60 s is spoken and its footage is searched and fetched by
 * providers that answer at once, relative to the time for the whole task: with native ffmpeg and with ffmpeg.wasm.
 * BENCH_SHORT_SIDE sets the frame's shorter side in pixels (default 1080 and 720).
 */
export async function bench(): Promise<void> {
  const providers = await startFakeProviders();
  const folder = await mkdtemp(join(tmpdir(), "edgereel-first-"));
  const port = await freePort();
  const renderer = startRenderServer({ PORT: String(port), RENDERER_TOKEN: TOKEN, SCRATCH_DIR: folder });
  const { BENCH_SHORT_SIDE: side } = process.env;
  try {
    await renderer.ready;
    const native = { RENDERER: "http", RENDERER_URL: `http://127.0.0.1:${port}`, RENDERER_TOKEN: TOKEN };
    await measure("native ffmpeg", providers, { ...native, ...(side ? { NATIVE_SHORT_SIDE: side } : {}) });
    await measure("ffmpeg.wasm", providers, { RENDERER: "wasm", ...(side ? { WASM_SHORT_SIDE: side } : {}) });
  } finally {
    renderer.stop();
    await renderer.ended;
    await providers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, providers: FakeProviders, vars: Record<string, string>): Promise<void> {
  const request = { video_subject: "a minute", video_script: SCRIPT, voice_name: "openai:alloy", bgm_type: "" };
  const author = providers.settings("llm", "speech", "pexels");
  await withService(
    async ({ origin }) => {
      const stages: string[] = [];
      const measured = await timeToFirstSecond(origin, { ...request, video_source: "pexels" }, (stage, milliseconds) =>
        stages.push(`${stage} ${(milliseconds / 1000).toFixed(1)} s`),
      );
      console.log(`${name}: ${stages.join(", ")}`);
      reportFirstSecond(`${name}: the first second of an authored video`, measured, TARGET);
    },
    { ...vars, OUTBOUND_ALLOW: "127.0.0.1" },
    { author },
  );
}
