import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aspects, type VideoRequest, videoRequestSchema } from "../../src/api/video-request.ts";
import { captionStyle } from "../../src/captions/caption-style.ts";
import { captionPlanner } from "../../src/captions/plan-captions.ts";
import { readFont } from "../../src/captions/read-font-file.ts";
import {
  FRAME_RATE,
  frameSize,
  PlanError,
  planTimelines,
  type RenderLimits,
  type Timeline,
} from "../../src/timeline/plan-timeline.ts";
import { planShots, type Source } from "../../src/timeline/shots.ts";
import { fontFile } from "../fonts.ts";

const limits: RenderLimits = {
  shortSide: 720,
  segmentSeconds: 2,
  segmentPixelSeconds: 2_500_000,
  inputBytes: 1e9,
  totalSeconds: 1e9,
  encoder: { preset: "ultrafast", crf: 23 },
};

const clip = (duration: number, limit = 0): Source => ({ kind: "video", start: 0, duration, limit });
const still: Source = { kind: "image", start: 0, duration: 0, limit: 0 };
const request = (fields: object = {}) =>
  videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], video_concat_mode: "sequential", ...fields });
const plan = (sources: Source[], fields: object = {}, narration: number | null = null, seed = "seed") =>
  planTimelines(request(fields), sources, narration, limits, seed, subtitles(request(fields)));
const fonts = [readFont(fontFile("NotoSans-Regular.ttf"))];
const subtitles = (asked: VideoRequest) =>
  captionPlanner(asked, captionStyle(asked, { width: 720, height: 1280 }), { fonts, timed: null }, FRAME_RATE);
const pieces = (timeline: Timeline | undefined) =>
  timeline?.segments.flatMap((segment) =>
    segment.pieces.map(({ shot, offset, frames }) => ({
      source: shot.source,
      start: shot.start + offset / FRAME_RATE,
      frames,
    })),
  ) ?? [];
/** Which source is seen, a letter a second. */
const seen = (timeline: Timeline | undefined) =>
  pieces(timeline)
    .map(({ source, frames }) => String.fromCharCode(97 + source).repeat(frames / FRAME_RATE))
    .join("");

describe("examples", () => {
  test("without narration each material is shown once, up to the clip duration", () => {
    const [timeline] = plan([clip(3), clip(10), still], { video_clip_duration: 4 });
    expect(seen(timeline)).toBe("aaabbbbcccc");
    expect(timeline?.frames).toBe(11 * FRAME_RATE);
  });

  test("a material's own duration caps it below the clip duration", () => {
    expect(seen(plan([clip(10, 2), clip(10, 9)], { video_clip_duration: 4 })[0])).toBe("aabbbb");
  });

  test("narration decides the length, and materials take turns until it is filled", () => {
    const [timeline] = plan([clip(2), clip(6)], { video_clip_duration: 2 }, 9);
    expect(seen(timeline)).toBe("aabbaabba");
    const starts = pieces(timeline)
      .filter(({ source }) => source === 1)
      .map(({ start }) => start);
    expect(starts).toEqual([0, 2]);
  });

  test("sequential keeps the order and random does not always", () => {
    const orders = new Set(
      Array.from({ length: 20 }, (_, index) =>
        seen(plan([clip(1), clip(1), clip(1)], { video_concat_mode: "random" }, null, `seed ${index}`)[0]),
      ),
    );
    expect(orders.size).toBeGreaterThan(3);
    expect(seen(plan([clip(1), clip(1), clip(1)])[0])).toBe("abc");
  });

  test("several videos of one task differ", () => {
    const videos = plan([clip(9), clip(9), clip(9)], {
      video_count: 3,
      video_clip_duration: 3,
      video_concat_mode: "random",
    });
    expect(new Set(videos.map((timeline) => JSON.stringify(pieces(timeline)))).size).toBe(3);
  });

  test("a script is spread over the whole video, and not at all when subtitles are off", () => {
    const script = "One sentence. And a second one.";
    const [timeline] = plan([clip(8)], { video_script: script });
    expect(timeline?.cues.map(({ text }) => text)).toEqual(["One sentence.", "And a second one."]);
    expect(timeline?.cues.at(0)?.start).toBe(0);
    expect(timeline?.cues.at(-1)?.end).toBe(timeline?.frames);
    expect(plan([clip(8)], { video_script: script, subtitle_enabled: false })[0]?.cues).toEqual([]);
  });

  test("videos longer than the renderer makes are refused with what to change", () => {
    const tight = { ...limits, totalSeconds: 10 };
    const refused = () => planTimelines(request({ video_count: 3 }), [clip(5)], null, tight, "seed");
    expect(refused).toThrow(PlanError);
    expect(refused).toThrow(/total duration of 15\.0 s; the max for this renderer is 10 s.*custom_audio_file/);
    expect(planTimelines(request({ video_count: 2 }), [clip(5)], null, tight, "seed")).toHaveLength(2);
  });

  test("a frame that is too large for one second of it is refused with what to change", () => {
    const small = { ...limits, segmentPixelSeconds: 100_000 };
    const refused = () => planTimelines(request(), [clip(5)], null, small, "seed");
    expect(refused).toThrow(/720×1280.*WASM_SHORT_SIDE/);
  });

  test("a source that says it lasts for a century is planned all the same", () => {
    const [timeline] = plan([clip(3e9)], { video_clip_duration: 0.5, video_concat_mode: "random" }, 3);
    expect(timeline?.frames).toBe(90);
  });

  test("narration that says it lasts for a century is refused at once", () => {
    const refused = () => planTimelines(request(), [clip(5)], 3e9, { ...limits, totalSeconds: 180 }, "seed");
    expect(refused).toThrow(/the max for this renderer is 180 s/);
  });
});

describe("pictures", () => {
  const shots = (timeline: Timeline | undefined) => [
    ...new Set(timeline?.segments.flatMap((segment) => segment.pieces.map(({ shot }) => shot))),
  ];

  test("stills move in and out by turns", () => {
    const [timeline] = plan([still, clip(5), still, still]);
    expect(shots(timeline).flatMap(({ source, zoom }) => (source === 1 ? [] : [zoom]))).toEqual(["in", "out", "in"]);
  });

  test("two short clips in two videos come in two orders", () => {
    for (let task = 0; task < 20; task++) {
      const videos = plan([clip(2), clip(2)], { video_count: 2, video_concat_mode: "random" }, null, `task ${task}`);
      expect(new Set(videos.map(seen)).size).toBe(2);
    }
  });

  test("two sequential videos show other parts of one long source, in the same order of sources", () => {
    const [first, second] = plan([clip(8), clip(12)], { video_count: 2, video_clip_duration: 5 });
    expect(seen(first)).toBe("aaaaabbbbb");
    expect(seen(second)).toBe("aaaaabbbbb");
    expect(shots(second).map(({ start }) => start)).toEqual([3, 5]);
  });

  test("shuffled transitions are of every kind, every slide has a side, and a task always gets the same", () => {
    const again = () => shots(plan([clip(1)], { video_transition_mode: "Shuffle" }, 60)[0]);
    const kinds = again().map(({ transition }) => transition?.kind);
    expect(new Set(kinds)).toEqual(new Set(["fade_in", "fade_out", "slide_in", "slide_out"]));
    expect(again()).toEqual(again());
  });

  test("no flash is left at the end of the narration", () => {
    expect(shots(plan([clip(60)], { video_clip_duration: 5 }, 10.1)[0]).map(({ frames }) => frames)).toEqual([
      150, 138, 15,
    ]);
  });

  test("a source of a single frame that has to fill time does not flicker", () => {
    const frames = shots(plan([clip(0.04)], {}, 3)[0]).map((shot) => shot.frames);
    expect(frames).toEqual([15, 15, 15, 15, 15, 15]);
  });

  test("a picture that begins late in its file is planned from there", () => {
    const late: Source = { kind: "video", start: 0.8, duration: 6, limit: 0 };
    expect(shots(plan([late], { video_clip_duration: 3 }, 6)[0]).map(({ start }) => start)).toEqual([0.8, 3.8]);
  });
});

describe("properties", () => {
  const source: fc.Arbitrary<Source> = fc.oneof(
    fc.record({
      kind: fc.constant("video" as const),
      start: fc.constantFrom(0, 0.8),
      duration: fc.oneof(fc.double({ min: 0.001, max: 60, noNaN: true }), fc.integer({ min: 1, max: 20 })),
      limit: fc.constantFrom(0, 0.01, 1, 2.5),
    }),
    fc.constant(still),
  );
  const anyCase = fc.record({
    sources: fc.array(source, { minLength: 1, maxLength: 6 }),
    narration: fc.option(fc.double({ min: 0.001, max: 40, noNaN: true })),
    segmentSeconds: fc.double({ min: 1, max: 7, noNaN: true }),
    seed: fc.string(),
    fields: fc.record({
      video_concat_mode: fc.constantFrom("random", "sequential"),
      video_transition_mode: fc.constantFrom(null, "Shuffle", "FadeIn", "FadeOut", "SlideIn", "SlideOut"),
      video_clip_duration: fc.double({ min: 0.5, max: 9, noNaN: true }),
      video_count: fc.integer({ min: 1, max: 3 }),
      video_aspect: fc.constantFrom(...aspects),
      video_script: fc.constantFrom("", "One. Two. Three and four.", "word ".repeat(200)),
    }),
  });
  type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never;
  const planned = ({ sources, narration, segmentSeconds, seed, fields }: Case) =>
    planTimelines(
      request(fields),
      sources,
      narration,
      { ...limits, shortSide: 180, segmentSeconds },
      seed,
      subtitles(request(fields)),
    );
  const holds = (check: (timelines: Timeline[], given: Case) => void) =>
    fc.assert(
      fc.property(anyCase, (given) => check(planned(given), given)),
      { numRuns: 300 },
    );

  test("there are as many videos as asked, each exactly as long as the narration", () =>
    holds((timelines, { narration, fields }) => {
      expect(timelines).toHaveLength(fields.video_count);
      for (const { frames } of timelines) {
        expect(frames).toBeGreaterThan(0);
        if (narration !== null) expect(Math.abs(frames / FRAME_RATE - narration)).toBeLessThanOrEqual(1 / FRAME_RATE);
      }
    }));

  test("segments tile the timeline without gap or overlap, and none is longer than allowed", () =>
    holds((timelines, { segmentSeconds }) => {
      for (const { segments, frames } of timelines) {
        let end = 0;
        for (const segment of segments) {
          expect(segment.start).toBe(end);
          expect(segment.frames).toBeGreaterThan(0);
          expect(segment.frames / FRAME_RATE).toBeLessThanOrEqual(segmentSeconds);
          expect(segment.pieces.reduce((sum, piece) => sum + piece.frames, 0)).toBe(segment.frames);
          end += segment.frames;
        }
        expect(end).toBe(frames);
      }
    }));

  test("every shot lies inside its source, to a frame, and a clip is never longer than allowed", () =>
    holds((timelines, { sources, narration, fields }) => {
      for (const { shot } of timelines.flatMap(({ segments }) => segments.flatMap((segment) => segment.pieces))) {
        const { kind, start, duration } = sources[shot.source] ?? still;
        expect(Number.isInteger(shot.frames) && shot.frames > 0).toBe(true);
        expect(shot.frames / FRAME_RATE).toBeLessThanOrEqual(fields.video_clip_duration + 1 / FRAME_RATE);
        if (kind === "image") continue;
        expect(shot.start).toBeGreaterThanOrEqual(start);
        // A source shorter than a frame is shown for one, and one that has to fill time for half a second.
        const length = Math.max(duration, narration === null ? 1 / FRAME_RATE : 0.5);
        expect(shot.start + shot.frames / FRAME_RATE).toBeLessThanOrEqual(start + length + 1e-5);
      }
    }));

  test("the parts of a shot follow each other, and its transition is as long as it or a second", () =>
    holds((timelines, { fields }) => {
      for (const { segments } of timelines) {
        let next = 0;
        for (const { shot, offset, frames } of segments.flatMap((segment) => segment.pieces)) {
          expect(offset).toBe(next);
          next = offset + frames === shot.frames ? 0 : offset + frames;
          const { transition } = shot;
          if (fields.video_transition_mode === null || shot.frames < 2) expect(transition).toBeNull();
          else expect(transition?.frames).toBe(Math.min(shot.frames, FRAME_RATE));
        }
        expect(next).toBe(0);
      }
    }));

  test("a transition changes nothing of what is seen when", () =>
    holds((timelines, given) => {
      const plain = planned({ ...given, fields: { ...given.fields, video_transition_mode: null } });
      expect(timelines.map(pieces)).toEqual(plain.map(pieces));
    }));

  test("no source is seen again before every other was", () =>
    holds((_, { sources, narration, seed, fields }) => {
      const mode = fields.video_concat_mode === "random" ? ("random" as const) : ("sequential" as const);
      const totalFrames = narration === null ? null : Math.ceil(narration * FRAME_RATE);
      const shots = planShots(sources, {
        ...{ mode, seed, totalFrames, variant: 0, variants: 1, frameRate: FRAME_RATE, transition: null },
        clipDuration: fields.video_clip_duration,
      });
      for (let round = 0; round < shots.length; round += sources.length) {
        const turn = shots.slice(round, round + sources.length).map(({ source: index }) => index);
        expect(new Set(turn).size).toBe(turn.length);
      }
    }));

  test("the same request, sources and task give the same plan", () =>
    holds((timelines, given) => {
      expect(planned(given)).toEqual(timelines);
    }));

  test("cues tile the video where there is a script", () =>
    holds((timelines, { fields }) => {
      for (const { cues, frames } of timelines) {
        if (fields.video_script === "") expect(cues).toEqual([]);
        else expect([cues[0]?.start, cues.at(-1)?.end]).toEqual([0, frames]);
        for (const [index, cue] of cues.entries()) {
          expect(cue.end).toBeGreaterThan(cue.start);
          if (index > 0) expect(cue.start).toBe(cues[index - 1]?.end);
        }
      }
    }));
});

describe("frameSize", () => {
  test.each([
    ["9:16", 1080, 1080, 1920],
    ["16:9", 1080, 1920, 1080],
    ["1:1", 1080, 1080, 1080],
    ["3:4", 1080, 1080, 1440],
    ["9:16", 720, 720, 1280],
    ["9:16", 480, 480, 854],
  ] as const)("%s with a short side of %d is %d×%d", (aspect, short, width, height) => {
    expect(frameSize(aspect, short)).toEqual({ width, height });
  });

  test("both sides are even, the shorter is as asked, and the aspect is right to a pixel", () => {
    fc.assert(
      fc.property(fc.constantFrom(...aspects), fc.integer({ min: 32, max: 1080 }), (aspect, half) => {
        const { width, height } = frameSize(aspect, half * 2);
        const [x = 1, y = 1] = aspect.split(":").map(Number);
        expect([width % 2, height % 2]).toEqual([0, 0]);
        expect(Math.min(width, height)).toBe(half * 2);
        expect(Math.abs(Math.max(width, height) - (half * 2 * Math.max(x, y)) / Math.min(x, y))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
