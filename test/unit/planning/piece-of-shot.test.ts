import { expect, test } from "vitest";
import { pieceOf } from "../../../src/planning/piece-of-shot.ts";
import type { MediaProbe } from "../../../src/protocol/render-job.ts";
import { probedVideo } from "../../support/jobs.ts";

/** The piece that shows two seconds of a clip, 30 s after its start. */
function piece(format: string, properties: Partial<NonNullable<MediaProbe["video"]>>, speed = 1) {
  const video = { ...probedVideo(64, 64, 25), ...properties };
  const shot = { source: 0, start: 29, frames: 90, speed, transition: null, zoom: "in" as const };
  const probe: MediaProbe = { kind: "video", format, duration: 40, video, audio: null };
  return pieceOf({ shot, offset: 30, frames: 60 }, probe, video, 0);
}

test("a clip is decoded from before its piece, as far as ffmpeg's seek in its format needs", () => {
  expect(piece("mov,mp4,m4a,3gp,3g2,mj2", {})).toMatchObject({ start: 30, seek: expect.closeTo(29.954) });
  expect(piece("flv", { keyframeInterval: 5 })).toMatchObject({ start: 30, seek: 24 });
});

test("a clip at another speed continues in its second piece where its first piece ends", () => {
  // The shot begins at 29 s, and its first 30 frames are in another piece.
  expect(piece("mov,mp4", {}, 1.5)).toMatchObject({ start: 30.5, speed: 1.5, seek: expect.closeTo(30.454) });
  expect(piece("mov,mp4", {})).not.toHaveProperty("speed");
});

test("the frame rate of a clip whose packets were not read counts as variable", () => {
  expect(piece("mov,mp4", {})).toMatchObject({ frameRate: 25 });
  expect(piece("mov,mp4", { variableFrameRate: true })).toMatchObject({ frameRate: null });
  expect(piece("mov,mp4", { keyframeInterval: null })).toMatchObject({ frameRate: null });
});
