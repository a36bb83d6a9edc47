import { sourcePicture } from "../ffmpeg/source-picture-properties.ts";
import { pictureSeekPoint } from "../ffmpeg/times/seek-point.ts";
import type { MediaProbe, Piece } from "../protocol/render-job.ts";
import { FRAME_RATE } from "../timeline/plan-timeline.ts";
import type { ShotPart } from "../timeline/segments.ts";

/**
 * The piece of a render job that shows a part of a shot.
 *
 * @param input index of the source among the job's inputs.
 */
export function pieceOf(
  { shot, offset, frames }: ShotPart,
  probe: MediaProbe,
  video: NonNullable<MediaProbe["video"]>,
  input: number,
): Piece {
  const shared = {
    input,
    frames,
    shot: { frames: shot.frames, offset },
    transition: shot.transition,
    picture: sourcePicture(video),
  };
  if (probe.kind === "image") return { kind: "image", ...shared, still: video.still, zoom: shot.zoom };
  // A file whose packets were not read can have any frame rate, whatever its headers say.
  const frameRate = video.variableFrameRate || video.keyframeInterval === null ? null : video.frameRate;
  const { speed } = shot;
  const start = shot.start + (offset * speed) / FRAME_RATE;
  const seek = pictureSeekPoint(probe, frameRate, start);
  return { kind: "video", ...shared, start, frameRate, ...(speed === 1 ? {} : { speed }), seek };
}
