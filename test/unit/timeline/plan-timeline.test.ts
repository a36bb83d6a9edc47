import { expect, test } from "vitest";
import { FRAME_RATE, PlanError, planTimelines, type Timeline } from "../../../src/timeline/plan-timeline.ts";
import type { Source } from "../../../src/timeline/shots.ts";
import { limits, pieces, plan, request } from "./plans.ts";

const clip = (duration: number, limit = 0): Source => ({ kind: "video", start: 0, duration, limit });
const still: Source = { kind: "image", start: 0, duration: 0, limit: 0 };

/** Which source is seen, a letter a second. */
const seen = (timeline: Timeline | undefined) =>
  pieces(timeline)
    .map(({ source, frames }) => String.fromCharCode(97 + source).repeat(frames / FRAME_RATE))
    .join("");

test("examples without narration each material is shown once, up to the clip duration", () => {
  const [timeline] = plan([clip(3), clip(10), still], { video_clip_duration: 4 });
  expect(seen(timeline)).toBe("aaabbbbcccc");
  expect(timeline?.frames).toBe(11 * FRAME_RATE);
});

test("examples a material's own duration caps it below the clip duration", () => {
  expect(seen(plan([clip(10, 2), clip(10, 9)], { video_clip_duration: 4 })[0])).toBe("aabbbb");
});

test("examples narration decides the length, and materials take turns until it is filled", () => {
  const [timeline] = plan([clip(2), clip(6)], { video_clip_duration: 2 }, 9);
  expect(seen(timeline)).toBe("aabbaabba");
  const starts = pieces(timeline)
    .filter(({ source }) => source === 1)
    .map(({ start }) => start);
  expect(starts).toEqual([0, 2]);
});

test("examples sequential keeps the order and random does not always", () => {
  const orders = new Set(
    Array.from({ length: 20 }, (_, index) =>
      seen(plan([clip(1), clip(1), clip(1)], { video_concat_mode: "random" }, null, `seed ${index}`)[0]),
    ),
  );
  expect(orders.size).toBeGreaterThan(3);
  expect(seen(plan([clip(1), clip(1), clip(1)])[0])).toBe("abc");
});

test("examples several videos of one task differ", () => {
  const videos = plan([clip(9), clip(9), clip(9)], {
    video_count: 3,
    video_clip_duration: 3,
    video_concat_mode: "random",
  });
  expect(new Set(videos.map((timeline) => JSON.stringify(pieces(timeline)))).size).toBe(3);
});

test("examples a script is spread over the whole video, and not at all when subtitles are off", () => {
  const script = "One sentence. And a second one.";
  const [timeline] = plan([clip(8)], { video_script: script });
  expect(timeline?.cues.map(({ text }) => text)).toEqual(["One sentence.", "And a second one."]);
  expect(timeline?.cues.at(0)?.start).toBe(0);
  expect(timeline?.cues.at(-1)?.end).toBe(timeline?.frames);
  expect(plan([clip(8)], { video_script: script, subtitle_enabled: false })[0]?.cues).toEqual([]);
});

test("examples videos longer than the renderer makes are refused with what to change", () => {
  const tight = { ...limits, totalSeconds: 10 };
  const refused = () => planTimelines(request({ video_count: 3 }), [clip(5)], null, tight, "seed");
  expect(refused).toThrow(PlanError);
  expect(refused).toThrow(/total duration of 15\.0 s; the max for this renderer is 10 s.*custom_audio_file/);
  expect(planTimelines(request({ video_count: 2 }), [clip(5)], null, tight, "seed")).toHaveLength(2);
});

test("examples a frame that is too large for one second of it is refused with what to change", () => {
  const small = { ...limits, segmentPixelSeconds: 100_000 };
  const refused = () => planTimelines(request(), [clip(5)], null, small, "seed");
  expect(refused).toThrow(/720×1280.*WASM_SHORT_SIDE/);
});

test("examples a source that says it lasts for a century is planned all the same", () => {
  const [timeline] = plan([clip(3e9)], { video_clip_duration: 0.5, video_concat_mode: "random" }, 3);
  expect(timeline?.frames).toBe(90);
});

test("examples narration that says it lasts for a century is refused at once", () => {
  const refused = () => planTimelines(request(), [clip(5)], 3e9, { ...limits, totalSeconds: 180 }, "seed");
  expect(refused).toThrow(/the max for this renderer is 180 s/);
});

const shots = (timeline: Timeline | undefined) => [
  ...new Set(timeline?.segments.flatMap((segment) => segment.pieces.map(({ shot }) => shot))),
];

test("pictures stills move in and out by turns", () => {
  const [timeline] = plan([still, clip(5), still, still]);
  expect(shots(timeline).flatMap(({ source, zoom }) => (source === 1 ? [] : [zoom]))).toEqual(["in", "out", "in"]);
});

test("pictures two short clips in two videos come in two orders", () => {
  for (let task = 0; task < 20; task++) {
    const videos = plan([clip(2), clip(2)], { video_count: 2, video_concat_mode: "random" }, null, `task ${task}`);
    expect(new Set(videos.map(seen)).size).toBe(2);
  }
});

test("pictures two sequential videos show other parts of one long source, in the same order of sources", () => {
  const [first, second] = plan([clip(8), clip(12)], { video_count: 2, video_clip_duration: 5 });
  expect(seen(first)).toBe("aaaaabbbbb");
  expect(seen(second)).toBe("aaaaabbbbb");
  expect(shots(second).map(({ start }) => start)).toEqual([3, 5]);
});

test("pictures shuffled transitions are of every kind, every slide has a side, and a task always gets the same", () => {
  const again = () => shots(plan([clip(1)], { video_transition_mode: "Shuffle" }, 60)[0]);
  const kinds = again().map(({ transition }) => transition?.kind);
  expect(new Set(kinds)).toEqual(new Set(["fade_in", "fade_out", "slide_in", "slide_out"]));
  expect(again()).toEqual(again());
});

test("pictures no flash is left at the end of the narration", () => {
  expect(shots(plan([clip(60)], { video_clip_duration: 5 }, 10.1)[0]).map(({ frames }) => frames)).toEqual([
    150, 138, 15,
  ]);
});

test("pictures a source of a single frame that has to fill time does not flicker", () => {
  const frames = shots(plan([clip(0.04)], {}, 3)[0]).map((shot) => shot.frames);
  expect(frames).toEqual([15, 15, 15, 15, 15, 15]);
});

test("pictures a picture that begins late in its file is planned from there", () => {
  const late: Source = { kind: "video", start: 0.8, duration: 6, limit: 0 };
  expect(shots(plan([late], { video_clip_duration: 3 }, 6)[0]).map(({ start }) => start)).toEqual([0.8, 3.8]);
});
