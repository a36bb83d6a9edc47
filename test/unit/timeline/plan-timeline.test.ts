import { expect, test } from "vitest";
import { transitionKinds } from "../../../src/api/video-request.ts";
import { FRAME_RATE, PlanError, planTimelines, type Timeline } from "../../../src/timeline/plan-timeline.ts";
import type { Source } from "../../../src/timeline/shots.ts";
import { limits, pieces, plan, request } from "./plans.ts";

const clip = (duration: number, limit = 0): Source => ({ kind: "video", start: 0, duration, limit });
const still: Source = { kind: "image", start: 0, duration: 0, limit: 0 };

/** The source that is shown in each second, as one letter. */
const seen = (timeline: Timeline | undefined) =>
  pieces(timeline)
    .map(({ source, frames }) => String.fromCharCode(97 + source).repeat(frames / FRAME_RATE))
    .join("");

test("each material is shown once, up to the clip duration, if there is no narration", () => {
  const [timeline] = plan([clip(3), clip(10), still], { video_clip_duration: 4 });
  expect(seen(timeline)).toBe("aaabbbbcccc");
  expect(timeline?.frames).toBe(11 * FRAME_RATE);
});

test("a material with its own duration is shown for that time at most", () => {
  expect(seen(plan([clip(10, 2), clip(10, 9)], { video_clip_duration: 4 })[0])).toBe("aabbbb");
});

test("the narration sets the length of the video, and the materials take turns to fill it", () => {
  const [timeline] = plan([clip(2), clip(6)], { video_clip_duration: 2 }, 9);
  expect(seen(timeline)).toBe("aabbaabba");
  const starts = pieces(timeline)
    .filter(({ source }) => source === 1)
    .map(({ start }) => start);
  expect(starts).toEqual([0, 2]);
});

test.each([
  [6, null, 6],
  [6, 2.5, 6],
  [6, 8, 8],
  [null, 8, 8],
])("a video lasts video_duration, or as long as a longer narration", (video_duration, narration, seconds) => {
  const [timeline] = plan([clip(2), still], { video_duration, video_clip_duration: 2 }, narration);
  expect(timeline?.frames).toBe(seconds * FRAME_RATE);
});

test("subtitles end with the narration if the video goes on after it", () => {
  const script = { video_script: "One sentence. And a second one." };
  const [timeline] = plan([clip(8)], { ...script, video_duration: 6 }, 2);
  expect(timeline?.frames).toBe(6 * FRAME_RATE);
  expect(timeline?.cues.at(-1)?.end).toBe(2 * FRAME_RATE);
});

test("the sequential mode keeps the order of the materials, and the random mode varies it", () => {
  const orders = new Set(
    Array.from({ length: 20 }, (_, index) =>
      seen(plan([clip(1), clip(1), clip(1)], { video_concat_mode: "random" }, null, `seed ${index}`)[0]),
    ),
  );
  expect(orders.size).toBeGreaterThan(3);
  expect(seen(plan([clip(1), clip(1), clip(1)])[0])).toBe("abc");
});

test("the videos of one task are different", () => {
  const videos = plan([clip(9), clip(9), clip(9)], {
    video_count: 3,
    video_clip_duration: 3,
    video_concat_mode: "random",
  });
  expect(new Set(videos.map((timeline) => JSON.stringify(pieces(timeline)))).size).toBe(3);
});

test("a script is spread over the whole video unless subtitles are off", () => {
  const script = "One sentence. And a second one.";
  const [timeline] = plan([clip(8)], { video_script: script });
  expect(timeline?.cues.map(({ text }) => text)).toEqual(["One sentence.", "And a second one."]);
  expect(timeline?.cues.at(0)?.start).toBe(0);
  expect(timeline?.cues.at(-1)?.end).toBe(timeline?.frames);
  expect(plan([clip(8)], { video_script: script, subtitle_enabled: false })[0]?.cues).toEqual([]);
});

test("videos longer than the renderer's max are refused with advice on what to change", () => {
  const tight = { ...limits, totalSeconds: 10 };
  const refused = () => planTimelines(request({ video_count: 3 }), [clip(5)], null, tight, "seed");
  expect(refused).toThrow(PlanError);
  expect(refused).toThrow(/total duration of 15\.0 s; the max for this renderer is 10 s.*custom_audio_file/);
  expect(planTimelines(request({ video_count: 2 }), [clip(5)], null, tight, "seed")).toHaveLength(2);
});

test("a frame too large for a one-second segment is refused with advice on what to change", () => {
  const small = { ...limits, segmentPixelSeconds: 100_000 };
  const refused = () => planTimelines(request(), [clip(5)], null, small, "seed");
  expect(refused).toThrow(/720×1280.*WASM_SHORT_SIDE/);
});

test("a source whose file claims a duration of a century can be planned", () => {
  const [timeline] = plan([clip(3e9)], { video_clip_duration: 0.5, video_concat_mode: "random" }, 3);
  expect(timeline?.frames).toBe(90);
});

test("a narration whose file claims a duration of a century is refused", () => {
  const refused = () => planTimelines(request(), [clip(5)], 3e9, { ...limits, totalSeconds: 180 }, "seed");
  expect(refused).toThrow(/the max for this renderer is 180 s/);
});

const shots = (timeline: Timeline | undefined) => [
  ...new Set(timeline?.segments.flatMap((segment) => segment.pieces.map(({ shot }) => shot))),
];

test("images zoom in and out in turn", () => {
  const [timeline] = plan([still, clip(5), still, still]);
  expect(shots(timeline).flatMap(({ source, zoom }) => (source === 1 ? [] : [zoom]))).toEqual(["in", "out", "in"]);
});

test("images do not move with image_motion static, nor beneath a zoom transition", () => {
  const zooms = (fields: object) => shots(plan([still, still], fields)[0]).map(({ zoom }) => zoom);
  expect(zooms({})).toEqual(["in", "out"]);
  expect(zooms({ image_motion: "static" })).toEqual(["none", "none"]);
  expect(zooms({ video_transition_mode: "ZoomOut" })).toEqual(["none", "none"]);
  expect(zooms({ video_transition_mode: "FadeIn" })).toEqual(["in", "out"]);
});

test("a clip of 4 s at speed 2 lasts 2 s, and at speed 0.5 it fills 8 s", () => {
  expect(seen(plan([clip(4)], { video_clip_speed: 2 })[0])).toBe("aa");
  expect(seen(plan([clip(4)], { video_clip_speed: 0.5, video_clip_duration: 15 })[0])).toBe("aaaaaaaa");
  const [fast] = plan([clip(12)], { video_clip_speed: 2, video_clip_duration: 3 }, 6);
  expect(shots(fast).map(({ start, frames }) => [start, frames])).toEqual([
    [0, 90],
    [6, 90],
  ]);
});

test("two random videos of the same two short clips have different orders", () => {
  for (let task = 0; task < 20; task++) {
    const videos = plan([clip(2), clip(2)], { video_count: 2, video_concat_mode: "random" }, null, `task ${task}`);
    expect(new Set(videos.map(seen)).size).toBe(2);
  }
});

test("two sequential videos show different parts of their sources in the same order", () => {
  const [first, second] = plan([clip(8), clip(12)], { video_count: 2, video_clip_duration: 5 });
  expect(seen(first)).toBe("aaaaabbbbb");
  expect(seen(second)).toBe("aaaaabbbbb");
  expect(shots(second).map(({ start }) => start)).toEqual([3, 5]);
});

test("shuffled transitions include every kind and are always the same for one task", () => {
  const again = () => shots(plan([clip(1)], { video_transition_mode: "Shuffle" }, 60)[0]);
  const kinds = again().map(({ transition }) => transition?.kind);
  expect(new Set(kinds)).toEqual(new Set(transitionKinds));
  expect(again()).toEqual(again());
});

test("the last shot of a narration lasts at least half a second", () => {
  expect(shots(plan([clip(60)], { video_clip_duration: 5 }, 10.1)[0]).map(({ frames }) => frames)).toEqual([
    150, 138, 15,
  ]);
});

test("a source of a single frame is shown for half a second at once to fill a narration", () => {
  const frames = shots(plan([clip(0.04)], {}, 3)[0]).map((shot) => shot.frames);
  expect(frames).toEqual([15, 15, 15, 15, 15, 15]);
});

test("a video stream that starts late in its file is shown from its start", () => {
  const late: Source = { kind: "video", start: 0.8, duration: 6, limit: 0 };
  expect(shots(plan([late], { video_clip_duration: 3 }, 6)[0]).map(({ start }) => start)).toEqual([0.8, 3.8]);
});
