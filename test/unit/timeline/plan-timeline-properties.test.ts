import fc from "fast-check";
import { expect, test } from "vitest";
import { imageMotions } from "../../../src/api/fields/pictures.ts";
import { aspects, clipTransitions } from "../../../src/api/video-request.ts";
import { FRAME_RATE, planTimelines, type Timeline } from "../../../src/timeline/plan-timeline.ts";
import { planShots, type Shot, type Source } from "../../../src/timeline/shots.ts";
import { limits, pieces, request, subtitles } from "./plans.ts";

const still: Source = { kind: "image", start: 0, duration: 0, limit: 0 };

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
    video_transition_mode: fc.constantFrom(null, "Shuffle", ...clipTransitions),
    video_clip_duration: fc.double({ min: 0.5, max: 9, noNaN: true }),
    video_clip_speed: fc.oneof(fc.constantFrom(0.5, 1, 1.5, 2), fc.double({ min: 0.5, max: 2, noNaN: true })),
    image_motion: fc.constantFrom(...imageMotions),
    video_count: fc.integer({ min: 1, max: 3 }),
    video_aspect: fc.constantFrom(...aspects),
    video_script: fc.constantFrom("", "One. Two. Three and four.", "word ".repeat(60)),
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
const isZoom = ({ transition }: Shot) => transition?.kind === "zoom_in" || transition?.kind === "zoom_out";
const holds = (check: (timelines: Timeline[], given: Case) => void) =>
  fc.assert(
    fc.property(anyCase, (given) => check(planned(given), given)),
    { numRuns: 150 },
  );

test("a plan has the requested number of videos, each as long as the narration", () =>
  holds((timelines, { narration, fields }) => {
    expect(timelines).toHaveLength(fields.video_count);
    for (const { frames } of timelines) {
      expect(frames).toBeGreaterThan(0);
      if (narration !== null) expect(Math.abs(frames / FRAME_RATE - narration)).toBeLessThanOrEqual(1 / FRAME_RATE);
    }
  }));

test("segments cover the timeline without gaps or overlaps, and none exceeds the max length", () =>
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

test("every shot lies inside its source and is at most video_clip_duration long", () =>
  holds((timelines, { sources, narration, fields }) => {
    for (const { shot } of timelines.flatMap(({ segments }) => segments.flatMap((segment) => segment.pieces))) {
      const { kind, start, duration } = sources[shot.source] ?? still;
      expect(Number.isInteger(shot.frames) && shot.frames > 0).toBe(true);
      expect(shot.frames / FRAME_RATE).toBeLessThanOrEqual(fields.video_clip_duration + 1 / FRAME_RATE);
      if (kind === "image") continue;
      expect(shot.start).toBeGreaterThanOrEqual(start - 1e-9);
      // A source shorter than a frame is shown for one frame, or for half a second if there is a narration to fill.
      const length = Math.max(duration, (narration === null ? 1 / FRAME_RATE : 0.5) * shot.speed);
      expect(shot.start + (shot.frames * shot.speed) / FRAME_RATE).toBeLessThanOrEqual(start + length + 1e-5);
    }
  }));

test("the parts of a shot are in order, and its transition lasts one second or the whole shot; a zoom lasts the whole shot", () =>
  holds((timelines, { fields }) => {
    for (const { segments } of timelines) {
      let next = 0;
      for (const { shot, offset, frames } of segments.flatMap((segment) => segment.pieces)) {
        expect(offset).toBe(next);
        next = offset + frames === shot.frames ? 0 : offset + frames;
        const { transition } = shot;
        if (fields.video_transition_mode === null || shot.frames < 2) expect(transition).toBeNull();
        else if (isZoom(shot)) expect(transition?.frames).toBe(shot.frames);
        else expect(transition?.frames).toBe(Math.min(shot.frames, FRAME_RATE));
      }
      expect(next).toBe(0);
    }
  }));

test("clips play at the requested speed, and images at their own", () =>
  holds((timelines, { sources, fields }) => {
    for (const { source: index, speed } of timelines.flatMap(({ shots }) => shots)) {
      expect(speed).toBe(sources[index]?.kind === "image" ? 1 : fields.video_clip_speed);
    }
  }));

test("without narration, a clip is shown for its duration divided by the speed, up to video_clip_duration", () =>
  holds((timelines, { sources, narration, fields }) => {
    if (narration !== null) return;
    for (const { source: index, frames } of timelines.flatMap(({ shots }) => shots)) {
      const { kind, duration, limit } = sources[index] ?? still;
      const longest = limit > 0 ? Math.min(limit, fields.video_clip_duration) : fields.video_clip_duration;
      const played = kind === "image" ? longest : Math.min(longest, duration / fields.video_clip_speed);
      expect(Math.abs(frames - Math.max(1, played * FRAME_RATE))).toBeLessThanOrEqual(1);
    }
  }));

test("a plan at any speed is the plan of clips that are recorded at that speed", () =>
  holds((timelines, given) => {
    const { video_clip_speed: speed } = given.fields;
    const recorded = given.sources.map((source) =>
      source.kind === "image" ? source : { ...source, start: source.start / speed, duration: source.duration / speed },
    );
    const same = planned({ ...given, sources: recorded, fields: { ...given.fields, video_clip_speed: 1 } });
    for (const [index, timeline] of timelines.entries()) {
      const wanted = pieces(same[index]);
      for (const [place, piece] of pieces(timeline).entries()) {
        const { source: from = 0, start = 0, frames } = wanted[place] ?? {};
        expect([piece.source, piece.frames]).toEqual([from, frames]);
        expect(piece.start).toBeCloseTo(given.sources[from]?.kind === "image" ? start : start * speed, 6);
      }
    }
  }));

test("an image moves unless image_motion is static or a transition zooms it", () =>
  holds((timelines, { sources, fields }) => {
    for (const shot of timelines.flatMap(({ shots }) => shots)) {
      if (sources[shot.source]?.kind !== "image") continue;
      expect(shot.zoom === "none").toBe(fields.image_motion === "static" || isZoom(shot));
    }
  }));

test("a transition does not change which source is shown at which time", () =>
  holds((timelines, given) => {
    const plain = planned({ ...given, fields: { ...given.fields, video_transition_mode: null } });
    expect(timelines.map(pieces)).toEqual(plain.map(pieces));
  }));

test("no source is shown again before all other sources", () =>
  holds((_, { sources, narration, seed, fields }) => {
    const mode = fields.video_concat_mode === "random" ? ("random" as const) : ("sequential" as const);
    const totalFrames = narration === null ? null : Math.ceil(narration * FRAME_RATE);
    const shots = planShots(sources, {
      ...{ mode, seed, totalFrames, variant: 0, variants: 1, frameRate: FRAME_RATE, transition: null },
      clipDuration: fields.video_clip_duration,
      ...{ clipSpeed: fields.video_clip_speed, imageMotion: fields.image_motion },
    });
    for (let round = 0; round < shots.length; round += sources.length) {
      const turn = shots.slice(round, round + sources.length).map(({ source: index }) => index);
      expect(new Set(turn).size).toBe(turn.length);
    }
  }));

test("the same request, sources and seed always give the same plan", () =>
  holds((timelines, given) => {
    expect(planned(given)).toEqual(timelines);
  }));

test("cues cover the whole video if there is a script", () =>
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
