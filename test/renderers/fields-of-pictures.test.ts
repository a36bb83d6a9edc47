import { expect, test } from "vitest";
import { pieceOf } from "../../src/planning/piece-of-shot.ts";
import type { MediaProbe } from "../../src/protocol/render-job.ts";
import { parseVideoRequest } from "../../src/tasks/create/parse-video-request.ts";
import { planTimelines, type RenderLimits, requestedFrame } from "../../src/timeline/plan-timeline.ts";
import {
  type Frames,
  make,
  native,
  type RunFFmpeg,
  renderFrames,
  segment,
  wasm,
} from "../rendering/support/pictures.ts";
import { probedVideo } from "../support/jobs.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";

const limits: RenderLimits = {
  ...{ shortSide: 64, segmentSeconds: 2, segmentPixelSeconds: 1e9, inputBytes: 1e9, totalSeconds: 1e9 },
  encoder: { preset: "ultrafast", crf: 4 },
};

/** Two clips and an image of 128×72 pixels with a white bar on the right. The clips get brighter with time. */
const bar = "drawbox=x=96:w=16:h=72:color=white:t=fill";
const clip = (first: number) =>
  make(
    ...[
      "-f",
      "lavfi",
      "-i",
      `color=black:s=128x72:r=30:d=3,format=yuv420p,geq=lum='${first}+N/2':cb=128:cr=128,${bar}`,
    ],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-f", "mp4"],
  );
const files = Promise.all([
  clip(40),
  clip(120),
  make(...["-f", "lavfi", "-i", `color=gray:s=128x72,${bar}`, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe"]),
]).then(([a, b, image]) => ({ "a.mp4": a, "b.mp4": b, "c.png": image }) as Record<string, Uint8Array>);

const video: MediaProbe = {
  ...{ kind: "video", format: "mov,mp4", duration: 3, audio: null },
  video: { ...probedVideo(128, 72, 30), color: { primaries: null, transfer: null, matrix: "bt709", range: "tv" } },
};
const image: MediaProbe = {
  ...{ kind: "image", format: "png_pipe", duration: 0, audio: null },
  video: { ...probedVideo(128, 72, 25), codec: "png", pixelFormat: "rgb24", frameRate: null },
};

/** Plans a request as the service does, renders its segments, and returns the frames of each video. */
async function film(fields: object, run: RunFFmpeg, names = ["a.mp4"]): Promise<Frames[]> {
  const { request } = parseVideoRequest({
    ...{ video_materials: names.map((url) => ({ url })), video_clip_duration: 1, video_concat_mode: "sequential" },
    ...{ video_aspect: "16:9", bgm_type: "", ...fields },
  });
  const probes = names.map((name) => (name.endsWith(".png") ? image : video));
  const sources = probes.map(({ kind, duration }, index) => ({
    ...{ kind: kind === "image" ? kind : ("video" as const), start: 0, duration },
    limit: request.video_materials[index]?.duration ?? 0,
  }));
  const inputs = await Promise.all(names.map(async (name) => (await files)[name] ?? new Uint8Array(0)));
  const size = requestedFrame(request, limits.shortSide);
  const videos: Frames[] = [];
  for (const { segments } of planTimelines(request, sources, null, limits, "a task")) {
    const frames: Uint8Array[] = [];
    for (const { pieces } of segments) {
      const drawn = pieces.map((part) => {
        const probe = probes[part.shot.source];
        if (!probe?.video) throw new Error("no picture");
        return pieceOf(part, probe, probe.video, part.shot.source);
      });
      const job = segment(drawn, { ...size, fit: request.video_fit, encoder: limits.encoder });
      frames.push(...(await renderFrames(job, inputs, run)).frames);
    }
    videos.push({ ...size, frames });
  }
  return videos;
}

/** The brightness at a place of a frame, both as shares. */
const luma = ({ width, height, frames }: Frames, frame: number, x = 0.25, y = 0.5) =>
  frames.at(frame)?.[Math.floor(y * height) * width + Math.floor(x * width)] ?? Number.NaN;
/** The left edge of the white bar in a frame, in pixels with fractions. */
const edge = ({ width, height, frames }: Frames, frame: number) => {
  const row = frames.at(frame)?.subarray((height / 2) * width, (height / 2 + 1) * width) ?? [];
  const dark = row[Math.floor(width / 4)] ?? 0;
  const first = [...row].findIndex((value, x) => x > width / 2 && value > (dark + 235) / 2);
  return first - ((row[first] ?? 0) - (dark + 235) / 2) / Math.max(1, (row[first] ?? 0) - (row[first - 1] ?? 0));
};
/** Whether a transition changes the clip: it begins or ends black, or its bar moves. */
const differs = (shown: Frames) =>
  luma(shown, 0) < 30 ||
  luma(shown, -1) < 40 ||
  luma(shown, 2, 0.05) < 30 ||
  Math.abs(edge(shown, 0) - edge(shown, -1)) > 0.5;
const near = (value: number, wanted: number, tolerance = 3) => expect(Math.abs(value - wanted)).toBeLessThan(tolerance);
const BLACK = 16;

/** What a value of a field does to the pictures. */
type Row = [field: string, value: unknown, effect: (videos: Frames[]) => void, names?: string[], others?: object];
const square = { video_aspect: "1:1" };
const both = ["a.mp4", "b.mp4"];
const size = (width: number, height: number) => (videos: Frames[]) =>
  expect([videos[0]?.width, videos[0]?.height]).toEqual([width, height]);
const one = (effect: (frames: Frames) => void) => (videos: Frames[]) => effect(videos[0] as Frames);
const still = one((shown) => near(edge(shown, 0), edge(shown, -1), 0.2));

const rows: Row[] = [
  ["video_aspect", "16:9", size(114, 64)],
  ["video_aspect", "9:16", size(64, 114)],
  ["video_aspect", "1:1", size(64, 64)],
  ["video_transition_mode", null, one((shown) => near(luma(shown, 0), 40))],
  ["video_transition_mode", "", one((shown) => near(luma(shown, -1), 55))],
  ["video_transition_mode", "None", still],
  ["video_transition_mode", "FadeIn", one((shown) => near(luma(shown, 0), BLACK))],
  ["video_transition_mode", "FadeOut", one((shown) => near(luma(shown, -1), BLACK))],
  ["video_transition_mode", "SlideIn", one((shown) => near(luma(shown, 0), BLACK))],
  ["video_transition_mode", "SlideOut", one((shown) => expect(luma(shown, 0)).toBeGreaterThan(35))],
  ["video_transition_mode", "ZoomIn", one((shown) => near(edge(shown, -1) - edge(shown, 0), 5.7, 0.6))],
  ["video_transition_mode", "ZoomOut", one((shown) => near(edge(shown, 0) - edge(shown, -1), 5.7, 0.6))],
  ["video_clip_duration", 1, (videos) => expect(videos[0]?.frames).toHaveLength(30)],
  ["video_clip_duration", 2, (videos) => expect(videos[0]?.frames).toHaveLength(60)],
  ["video_clip_duration", 15, (videos) => expect(videos[0]?.frames).toHaveLength(90)],
  ["video_clip_speed", 0.5, one((shown) => near(luma(shown, -1), 47, 2))],
  ["video_clip_speed", 1, one((shown) => near(luma(shown, -1), 54, 2))],
  ["video_clip_speed", 2, one((shown) => near(luma(shown, -1), 69, 2))],
  [
    "image_motion",
    "zoom",
    one((shown) => expect(Math.abs(edge(shown, -1) - edge(shown, 0))).toBeGreaterThan(0.7)),
    ["c.png"],
  ],
  ["image_motion", "static", still, ["c.png"]],
  [
    "video_concat_mode",
    "sequential",
    one((shown) => expect(luma(shown, 45)).toBeGreaterThan(luma(shown, 15) + 60)),
    both,
  ],
  [
    "video_concat_mode",
    "random",
    one((shown) => {
      const [first, second] = [luma(shown, 15), luma(shown, 45)];
      expect(Math.abs(first - second)).toBeGreaterThan(30);
    }),
    both,
  ],
  ["video_fit_mode", "cover", one((shown) => expect(luma(shown, 0, 0.5, 0.02)).toBeGreaterThan(35)), ["a.mp4"], square],
  ["video_fit_mode", "contain", one((shown) => near(luma(shown, 0, 0.5, 0.02), BLACK)), ["a.mp4"], square],
  [
    "video_fit",
    "blur",
    one((shown) => expect(luma(shown, 0, 0.5, 0.02)).toBeGreaterThan(BLACK + 5)),
    ["a.mp4"],
    square,
  ],
  ["video_transition_mode", "Shuffle", one((shown) => expect(differs(shown)).toBe(true))],
  ["video_materials", [{ url: "a.mp4", duration: 0.5 }], (videos) => expect(videos[0]?.frames).toHaveLength(15)],
  ["video_size", "96x64", size(96, 64)],
  ["video_duration", 2, (videos) => expect(videos[0]?.frames).toHaveLength(60)],
  ["n_threads", 1, one((shown) => near(luma(shown, -1), 54.5))],
  ["n_threads", 16, one((shown) => near(luma(shown, -1), 54.5))],
  ["video_count", 5, (videos) => expect(videos).toHaveLength(5)],
  ["video_count", 1, (videos) => expect(videos).toHaveLength(1)],
  ["video_count", 2, ([first, second]) => near(luma(second as Frames, 0), luma(first as Frames, 0) + 15)],
];

test.skipIf(!hasFFmpeg).each(rows)(
  "%s %j has its effect on the pictures of both renderers",
  async (field, value, effect, names, others = {}) => {
    for (const run of [native, wasm]) effect(await film({ ...others, [field]: value }, run, names));
  },
);
