import { CodedError } from "../api/errors.ts";
import { captionStyle } from "../captions/caption-style.ts";
import { captionPlanner } from "../captions/plan-captions.ts";
import { speechLength } from "../captions/timing/speech-length.ts";
import type { RenderJob, SegmentJob } from "../protocol/render-job.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Input } from "../protocol/task-jobs.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { FRAME_RATE, requestedFrame } from "../timeline/plan-timeline.ts";
import { knownLanguage } from "../util/language-tag.ts";
import { drawnCaptions, type LoadedFont } from "./drawn-captions.ts";
import { indexOfInput } from "./job-inputs.ts";

/** The shorter side of a preview in pixels. Captions have the same proportions in every frame size. */
const SHORT_SIDE = 360;
/** The shortest and the longest preview in frames: 1.5 to 2.5 seconds. */
const FRAMES = { least: 45, most: 75 } as const;
/** How much {@link speechLength} is said in a second: about 2.7 English words. */
const SPEECH_PER_SECOND = 16;

/** The sample clip of a sunset that is deployed with the service, 960 × 540. Previews show captions over it. */
const BACKGROUND: {
  input: Input;
  piece: Pick<Extract<SegmentJob["pieces"][number], { kind: "video" }>, "frameRate" | "picture">;
} = {
  input: {
    name: "dusk.mp4",
    size: 38_691,
    sha256: "02b451dd2f721c525a4136f313db7b6f447cc5535c5b70141ecd6c71919f0006",
    from: { store: "assets", path: "/vendor/samples/dusk.mp4" },
  },
  piece: {
    frameRate: 25,
    picture: {
      alpha: false,
      firstField: null,
      matrix: "bt601",
      fullRange: false,
      primaries: "bt709",
      transfer: "sdr",
      decoder: null,
    },
  },
};

/**
 * The job that shows the first words of a script with its captions, in a small frame of the request's shape. The words
 * come as fast as they would be said.
 *
 * @throws CodedError `invalid_request` if the script has no words.
 */
export function previewJob(
  { request }: Pick<TaskInput, "request">,
  { fonts }: { fonts: readonly LoadedFont[] },
  { limits }: Pick<Renderer, "limits">,
): { job: RenderJob; inputs: Input[] } {
  const size = requestedFrame(request, Math.min(SHORT_SIDE, limits.shortSide));
  const style = captionStyle(request, size);
  const material = { fonts: fonts.map(({ font }) => font), timed: null };
  const spoken =
    (speechLength(request.video_script, knownLanguage(request.video_language)) / SPEECH_PER_SECOND) * FRAME_RATE;
  const length = Math.max(FRAMES.least, Math.round(spoken));
  const cues = captionPlanner(request, style, material, FRAME_RATE)(length);
  const frames = Math.min(FRAMES.most, length);
  const inputs: Input[] = [];
  const input = indexOfInput(inputs, BACKGROUND.input);
  const captions = drawnCaptions(cues, style, fonts, { start: 0, end: frames }, inputs);
  if (!captions) throw new CodedError("invalid_request", "video_script: has no words to show");
  const job: SegmentJob = {
    kind: "segment",
    ...size,
    frameRate: FRAME_RATE,
    frames,
    encoder: limits.encoder,
    fit: "cover",
    clean: false,
    pieces: [
      { kind: "video", input, frames, shot: { frames, offset: 0 }, transition: null, start: 0, ...BACKGROUND.piece },
    ],
    captions,
  };
  return { job, inputs };
}
