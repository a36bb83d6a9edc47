import { afterAll, expect, test } from "vitest";
import { getPlatformProxy } from "wrangler";
import type { AssembleWork } from "../../src/protocol/task-jobs.ts";
import { ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { assembleWork, segmentJob, soundtrackJob, videoPiece } from "../support/jobs.ts";
import { render } from "./support/renderers.ts";
import { RATE, samplesOf, synthesize } from "./support/sound.ts";

const configPath = new URL("support/bucket.toml", import.meta.url).pathname;

/** The part of an R2 bucket that this test uses. The types of Workers conflict with those of Node. */
interface Bucket {
  put(key: string, value: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}
const { assemble } = (await import("../../src/jobs/assemble-job.ts" as string)) as {
  assemble(bucket: Bucket, work: AssembleWork, signal: AbortSignal): Promise<void>;
};
const { env, dispose } = await getPlatformProxy<{ MEDIA: Bucket }>({ configPath, persist: false });
afterAll(dispose);

test("sound and picture are in sync after the segments and the soundtrack are joined", async () => {
  const flash = await ffmpeg(
    {},
    ...[
      "-f",
      "lavfi",
      "-i",
      "color=black:s=64x64:r=30:d=4",
      "-vf",
      "geq=lum='if(eq(mod(N,30),15),235,16)':cb=128:cr=128",
    ],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-crf", "1", "-f", "mp4", "output"],
  );
  const clicks = await synthesize("aevalsrc='0.9*lt(mod(t+0.5,1),0.002)':s=48000:d=4");
  const segments = await Promise.all(
    [0, 2].map(async (start) => {
      const job = segmentJob([videoPiece({ start, frames: 60 })], {
        ...{ width: 64, height: 64, encoder: { preset: "ultrafast", crf: 10 } },
      });
      const bytes = await render(job, [flash.output]);
      await env.MEDIA.put(`segment-${start}`, bytes);
      return { key: `segment-${start}`, frames: 60 };
    }),
  );
  const soundtrack = await render(soundtrackJob(4), [clicks]);
  await env.MEDIA.put("soundtrack", soundtrack);
  const work = assembleWork(segments, "final", { soundtrack: "soundtrack" });
  await assemble(env.MEDIA, work, new AbortController().signal);
  const final = new Uint8Array((await (await env.MEDIA.get("final"))?.arrayBuffer()) ?? []);

  const [picture, sound] = (await ffprobe(final)).streams;
  expect([picture?.start_time, sound?.start_time].map(Number)).toEqual([0, 0]);
  expect(Math.abs(Number(picture?.duration) - Number(sound?.duration))).toBeLessThan(0.011);
  const { log } = await ffmpeg(
    { final },
    "-i",
    "final",
    "-map",
    "0:v",
    "-vf",
    "blackframe=amount=0:threshold=128",
    "-f",
    "null",
    "-",
  );
  const shown = [...log.matchAll(/frame:(\d+) pblack:(\d+)/g)]
    .filter(([, , black]) => Number(black) < 50)
    .map(([, frame]) => Number(frame) / 30);
  expect(shown).toEqual([0.5, 1.5, 2.5, 3.5]);
  // Some players ignore edit lists, and some platforms refuse files that have one.
  for (const options of [[], ["-ignore_editlist", "1"]]) {
    const samples = await samplesOf(final, "anull", options);
    for (const time of shown) {
      const from = Math.round((time - 0.1) * RATE);
      const heard = (from + samples.subarray(from).findIndex((value) => Math.abs(value) > 0.2)) / RATE;
      expect(Math.abs(heard - time)).toBeLessThan(0.02);
    }
  }
  expect(Buffer.from(final).subarray(0, Buffer.from(final).indexOf("mdat")).includes("elst")).toBe(false);
});
