import { z } from "zod";

/**
 * What an API Worker and a renderer say to each other, whichever renderer it is. Both ends parse
 * with these schemas: a job is data and never a command line, so the far end decides the arguments.
 */

const frames = z.number().int().positive();

/** x264 settings that decide a segment's bytes; the same for every segment of one video. */
export const encoderSchema = z.strictObject({
  preset: z.enum(["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]),
  /** Constant rate factor, 1 to 51; 0 would be lossless, which the High profile has not. */
  crf: z.number().int().min(1).max(51),
});
export type EncoderSettings = z.infer<typeof encoderSchema>;

/** A part of one source shown without interruption. */
export const pieceSchema = z.strictObject({
  /** Index into the job's inputs. */
  input: z.number().int().nonnegative(),
  kind: z.enum(["video", "image"]),
  /** Seconds into the source at which the piece starts; 0 for an image. */
  start: z.number().nonnegative(),
  /** Length in output frames. */
  frames,
  /** Frames per second of the source, where it is known. */
  frameRate: z.number().positive().nullable(),
});
export type Piece = z.infer<typeof pieceSchema>;

/** An encoded stretch of picture: one video track, and a second one where subtitles are seen. */
export const segmentJobSchema = z.strictObject({
  kind: z.literal("segment"),
  /** Pixels. */
  width: z.number().int().min(16).max(4096).multipleOf(2),
  height: z.number().int().min(16).max(4096).multipleOf(2),
  /** Output frames per second. */
  frameRate: z.number().int().positive().max(120),
  frames,
  encoder: encoderSchema,
  pieces: z.array(pieceSchema).min(1),
  /** Advanced SubStation Alpha text, and which input is its font; null where nothing is shown. */
  captions: z.strictObject({ ass: z.string(), font: z.number().int().nonnegative() }).nullable(),
});
export type SegmentJob = z.infer<typeof segmentJobSchema>;

/** The sound of a whole video as AAC in an MP4. */
export const soundtrackJobSchema = z.strictObject({
  kind: z.literal("soundtrack"),
  /** Length in samples of `sampleRate`. */
  samples: z.number().int().positive(),
  sampleRate: z.literal(48000),
  /** Index into the job's inputs. */
  narration: z.number().int().nonnegative(),
});
export type SoundtrackJob = z.infer<typeof soundtrackJobSchema>;

export const renderJobSchema = z.discriminatedUnion("kind", [segmentJobSchema, soundtrackJobSchema]);
export type RenderJob = z.infer<typeof renderJobSchema>;

/** What is known of a media file. Times in seconds, sizes in pixels. */
export const mediaProbeSchema = z.strictObject({
  kind: z.enum(["video", "image", "audio"]),
  /** The container, by ffmpeg's demuxer names. */
  format: z.string(),
  /** 0 for an image. */
  duration: z.number().nonnegative(),
  video: z
    .strictObject({
      codec: z.string(),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      frameRate: z.number().positive().nullable(),
    })
    .nullable(),
  audio: z.strictObject({ codec: z.string() }).nullable(),
});
export type MediaProbe = z.infer<typeof mediaProbeSchema>;

/** Why a renderer could not do a job. `log` holds the last lines that ffmpeg printed. */
export const renderFailureSchema = z.strictObject({
  ok: z.literal(false),
  code: z.enum(["bad_input", "timeout", "output_limit", "ffmpeg_failed", "out_of_memory"]),
  message: z.string(),
  log: z.string(),
});
export type RenderFailure = z.infer<typeof renderFailureSchema>;

export const renderReplySchema = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  renderFailureSchema,
]);
export type RenderReply = z.infer<typeof renderReplySchema>;

export const probeReplySchema = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), probe: mediaProbeSchema }),
  renderFailureSchema,
]);
export type ProbeReply = z.infer<typeof probeReplySchema>;
