import type { MediaProbe, Piece } from "../../src/protocol/render-job.ts";

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
    zoom: "in",
    shot: { frames: piece.frames, offset: 0 },
    transition: null,
    picture: { ...plain, matrix: "bt601" },
    ...piece,
  };
}

/** The probe of an H.264 video. */
export function probedVideo(width: number, height: number, frameRate: number): NonNullable<MediaProbe["video"]> {
  return {
    ...{ codec: "h264", width, height, frameRate, variableFrameRate: false, start: 0, rotation: 0 },
    ...{ fieldOrder: "progressive", pixelFormat: "yuv420p", bitDepth: 8, alpha: false },
    color: { primaries: null, transfer: null, matrix: null, range: null },
  };
}
