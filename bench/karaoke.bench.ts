import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { subtitlePresetIds, withPresetFields } from "../src/api/subtitle-presets.ts";
import { videoRequestSchema } from "../src/api/video-request.ts";
import { assDocument } from "../src/captions/ass-document.ts";
import { captionStyle } from "../src/captions/caption-style.ts";
import { captionPlanner } from "../src/captions/plan-captions.ts";
import { JOB_FILES } from "../src/ffmpeg/job-files.ts";
import { segmentArguments } from "../src/ffmpeg/segment-arguments.ts";
import { fontsFor } from "../test/support/fonts.ts";
import { segmentJob, videoPiece } from "../test/support/jobs.ts";
import {
  CLIP_COUNT,
  CLIP_SECONDS,
  clip,
  FRAME_RATE,
  makeInputs,
  measure,
  ratio,
  run,
  X264_CRF,
  X264_PRESET,
} from "./render-work.ts";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SIZE = { width: 1080, height: 1920 };
/** What people say in a minute, at about 150 words. */
const SCRIPT = Array.from(
  { length: Math.ceil(SECONDS / 6) },
  (_, index) => `Every evening the city ${index + 1} lights up, and thousands of windows shine over the quiet river.`,
).join(" ");

/** Looks with words that change, and the fields that make a video with sentences of each. */
const KARAOKE = { subtitle_display_mode: "karaoke" };
const LOOKS: Record<string, object> = {
  karaoke: KARAOKE,
  "karaoke in white": { ...KARAOKE, text_fore_color: "#B0B0B0", highlight_color: "#FFFFFF" },
  "karaoke with a box": { ...KARAOKE, highlight_background: "#7C3AED", rounded_subtitle_background: true },
  "karaoke that fills": { ...KARAOKE, karaoke_fill: true },
  "reveal with a highlight": { subtitle_display_mode: "reveal", highlight_color: "#FFDD00" },
  ...Object.fromEntries(
    subtitlePresetIds
      .map((id) => [id, withPresetFields({ subtitle_preset: id })] as const)
      .filter(([, fields]) => /karaoke|reveal/.test(String(Object(fields).subtitle_display_mode))),
  ),
};

/**
 * Compares the CPU time of ffmpeg for a 60 s video whose words are highlighted with that for the same video with whole
 * sentences. Each look is rendered in segments, as the service does, with both tracks and with the captioned one only.
 * The two videos of a pair are rendered in turn, and the least time of each counts.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-karaoke-"));
  const only = process.env.BENCH_LOOKS?.split(",");
  try {
    await makeInputs(folder);
    for (const [name, fields] of Object.entries(LOOKS)) {
      if (only && !only.includes(name)) continue;
      for (const tracks of [2, 1] as const) {
        const pair = await Promise.all(
          [fields, { ...fields, subtitle_display_mode: "sentence" }].map((look, index) =>
            segmentFolders(folder, `${name}-${tracks}-${index}`, look, tracks),
          ),
        );
        const least = pair.map(() => Number.POSITIVE_INFINITY);
        for (let round = 0; round < ROUNDS; round++) {
          for (const [index, segments] of pair.entries()) {
            const { cpu } = measure(() => {
              for (const { path, args } of segments) run(path, args);
            });
            least[index] = Math.min(least[index] ?? cpu, cpu);
          }
        }
        const [words = 0, sentences = 1] = least;
        const what = tracks === 2 ? "both files" : "only the captioned file";
        console.log(`${name}, ${what}: ${words.toFixed(1)} s CPU, with sentences ${sentences.toFixed(1)} s CPU`);
        ratio(`CPU, ${name} to sentences, ${what}`, words / sentences, "at most 1.10", (value) => value <= 1.1);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lays out a folder for each segment of a video, and returns ffmpeg's arguments for it. */
async function segmentFolders(
  folder: string,
  name: string,
  fields: object,
  tracks: 1 | 2,
): Promise<{ path: string; args: string[] }[]> {
  const body = { video_materials: [{ url: "a.mp4" }], video_script: SCRIPT, ...fields };
  const request = videoRequestSchema.parse(withPresetFields(body));
  const style = captionStyle(request, SIZE);
  const loaded = fontsFor(SCRIPT, request.font_name);
  const fonts = loaded.map(({ font }) => font);
  const cues = captionPlanner(request, style, { fonts, timed: null }, FRAME_RATE)(SECONDS * FRAME_RATE);
  const frames = CLIP_SECONDS * FRAME_RATE;
  const segments: { path: string; args: string[] }[] = [];
  for (let index = 0; index < SECONDS / CLIP_SECONDS; index++) {
    const path = join(folder, `${name}-${index}`);
    await mkdir(join(path, JOB_FILES.fonts), { recursive: true });
    const window = { start: index * frames, end: (index + 1) * frames };
    const { text, fonts: used, ...drawing } = assDocument(cues, style, fonts, FRAME_RATE, window);
    await writeFile(join(path, JOB_FILES.captions), text);
    await cp(join(folder, clip(index % CLIP_COUNT)), join(path, JOB_FILES.input(0)));
    for (const font of used) {
      await writeFile(join(path, JOB_FILES.fonts, `${font}.ttf`), loaded[font]?.file ?? new Uint8Array());
    }
    const job = segmentJob([videoPiece({ frames })], {
      ...{ ...SIZE, frameRate: FRAME_RATE, encoder: { preset: X264_PRESET, crf: X264_CRF } },
      ...(tracks === 1 ? { clean: false as const } : {}),
      captions: { ass: text, fonts: used.map((_, at) => at + 1), ...drawing },
    });
    segments.push({ path, args: segmentArguments(job, { threads: 1 }) });
  }
  return segments;
}
