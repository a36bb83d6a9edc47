import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { preferFullCharacterMap } from "../../../src/captions/fonts/character-map.ts";
import { inputFile, isCaptionFont, JOB_FILES } from "../../../src/ffmpeg/job-files.ts";
import { ffmpegRuns } from "../../../src/ffmpeg/render-job-runs.ts";
import type { RenderJob } from "../../../src/protocol/render-job.ts";
import { createCore } from "../../support/ffmpeg.ts";
import { rendererUnderTest } from "../../support/renderers-under-test.ts";

/** Renders a job from the bytes of its inputs. */
export type Render = (job: RenderJob, inputs: readonly Uint8Array[]) => Promise<Uint8Array<ArrayBuffer>>;

/** Renders with the renderer under test. */
export const render: Render = rendererUnderTest === "native" ? renderNatively : renderInWasm;

/** The renderers under test, with their names. */
export const renderers: { name: "native" | "wasm"; render: Render }[] = [{ name: rendererUnderTest, render }];

/** Renders a job with ffmpeg.wasm. Throws with the log if ffmpeg fails. */
export async function renderInWasm(job: RenderJob, inputs: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const core = await createCore();
  core.FS.mkdir(JOB_FILES.fonts);
  for (const [name, bytes] of files(job, inputs)) core.FS.writeFile(name, bytes);
  let lines: string[] = [];
  core.setLogger(({ message }) => lines.push(message));
  const run = (args: string[]) => {
    lines = [];
    if (core.exec(...args) !== 0) throw new Error(`${args.join(" ")}\n${lines.join("\n")}`);
    return lines.join("\n");
  };
  const runs = ffmpegRuns(job, { threads: 1 });
  let next = runs.next();
  while (!next.done) next = runs.next(run(next.value));
  run(next.value);
  return core.FS.readFile(JOB_FILES.output);
}

/** The same with native ffmpeg. It finds no fonts of this machine. */
export async function renderNatively(job: RenderJob, inputs: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return runNatively(job, inputs, { FONTCONFIG_FILE: "no-fonts.conf" });
}

/** Renders a job with native ffmpeg, which also finds the fonts of this machine. */
export async function renderWithMachineFonts(
  job: RenderJob,
  inputs: readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  return runNatively(job, inputs, {});
}

async function runNatively(
  job: RenderJob,
  inputs: readonly Uint8Array[],
  env: Record<string, string>,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-render-"));
  try {
    await writeFile(join(folder, "no-fonts.conf"), "<fontconfig></fontconfig>");
    for (const [name, bytes] of files(job, inputs)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const run = (args: string[]) =>
      new Promise<string>((resolve, reject) =>
        execFile("ffmpeg", args, { cwd: folder, env: { ...process.env, ...env } }, (error, _, log) =>
          error ? reject(new Error(`${error.message}\n${log}`)) : resolve(log),
        ),
      );
    const runs = ffmpegRuns(job, { threads: 2 });
    let next = runs.next();
    while (!next.done) next = runs.next(await run(next.value));
    await run(next.value);
    return new Uint8Array(await readFile(join(folder, JOB_FILES.output)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function files(job: RenderJob, inputs: readonly Uint8Array[]): [string, Uint8Array][] {
  const list: [string, Uint8Array][] = inputs.map((bytes, index) => {
    if (!isCaptionFont(job, index)) return [inputFile(job, index), bytes];
    const font = bytes.slice();
    preferFullCharacterMap(font);
    return [inputFile(job, index), font];
  });
  if (job.kind === "segment" && job.captions) {
    list.push([JOB_FILES.captions, new TextEncoder().encode(job.captions.ass)]);
  }
  return list;
}
