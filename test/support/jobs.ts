import type { MediaProbe, Piece, SegmentJob, SoundtrackJob } from "../../src/protocol/render-job.ts";
import type { AssembleWork } from "../../src/protocol/task-jobs.ts";

/** The picture properties of most files. */
export const plain: Piece["picture"] = {
  alpha: false,
  firstField: null,
  matrix: "bt709",
  fullRange: false,
  primaries: "bt709",
  transfer: "sdr",
  decoder: null,
};

/** A piece of a video. By default it is a whole shot. */
export function videoPiece(
  piece: Partial<Extract<Piece, { kind: "video" }>> & { frames: number },
): Extract<Piece, { kind: "video" }> {
  return {
    kind: "video",
    input: 0,
    start: 0,
    frameRate: 30,
    shot: { frames: piece.frames, offset: 0 },
    transition: null,
    picture: plain,
    ...piece,
  };
}

/** A piece of a still image. By default it is a whole shot. */
export function imagePiece(
  piece: Partial<Extract<Piece, { kind: "image" }>> & { frames: number },
): Extract<Piece, { kind: "image" }> {
  return {
    kind: "image",
    input: 0,
    still: null,
    zoom: "in",
    shot: { frames: piece.frames, offset: 0 },
    transition: null,
    picture: { ...plain, matrix: "bt601" },
    ...piece,
  };
}

/** A segment job. The defaults are 64×36 pixels and 30 frames per second. */
export function segmentJob(
  pieces: readonly Piece[],
  job: Partial<Omit<SegmentJob, "kind" | "pieces">> = {},
): SegmentJob {
  return {
    kind: "segment",
    ...{ width: 64, height: 36, frameRate: 30 },
    frames: pieces.reduce((sum, { frames }) => sum + frames, 0),
    encoder: { preset: "ultrafast", crf: 23 },
    fit: "cover",
    captions: null,
    ...job,
    pieces: [...pieces],
  };
}

/** A soundtrack job. By default input 0 is the narration, and there is no other sound. */
export function soundtrackJob(seconds: number, job: Partial<Omit<SoundtrackJob, "kind">> = {}): SoundtrackJob {
  return {
    kind: "soundtrack",
    samples: Math.round(seconds * 48_000),
    sampleRate: 48_000,
    narration: { input: 0, volume: 1 },
    music: null,
    clips: null,
    ...job,
  };
}

/** The work that joins segments. By default there is no sound. */
export function assembleWork(
  segments: AssembleWork["segments"],
  key: string,
  work: Partial<Omit<AssembleWork, "kind">> = {},
): AssembleWork {
  return { kind: "assemble", track: "clean", frameRate: 30, segments, soundtrack: null, key, ...work };
}

/** The probe of an H.264 video. */
export function probedVideo(width: number, height: number, frameRate: number): NonNullable<MediaProbe["video"]> {
  return {
    ...{ codec: "h264", width, height, frameRate, variableFrameRate: false, start: 0, rotation: 0, still: null },
    keyframeInterval: 1,
    ...{ fieldOrder: "progressive", pixelFormat: "yuv420p", bitDepth: 8, alpha: false },
    color: { primaries: null, transfer: null, matrix: null, range: null },
  };
}
