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

/** What filters have to know of a source's pictures to show them as they were meant. */
export const pictureSchema = z.strictObject({
  /** Has transparent parts; they are shown over black. */
  alpha: z.boolean(),
  /** Which field of an interlaced frame was taken first; null for progressive pictures. */
  firstField: z.enum(["top", "bottom"]).nullable(),
  /** Coefficients its luma and chroma were made with, where it has such. */
  matrix: z.enum(["rgb", "bt601", "bt709", "bt2020"]),
  /** Luma from 0 to 255, not 16 to 235. */
  fullRange: z.boolean(),
  primaries: z.enum(["bt709", "bt2020"]),
  /** Transfer function: standard dynamic range, or one of ITU-R BT.2100's. */
  transfer: z.enum(["sdr", "pq", "hlg"]),
  /** A decoder to be taken instead of ffmpeg's first choice, which would drop the alpha channel. */
  decoder: z.enum(["libvpx", "libvpx-vp9"]).nullable(),
});
export type Picture = z.infer<typeof pictureSchema>;

export const transitionKinds = ["fade_in", "fade_out", "slide_in", "slide_out"] as const;
/** Where a picture slides in from, or out to. */
export const slideSides = ["left", "right", "top", "bottom"] as const;

/** How a shot begins or ends; `frames` is how long that takes. Over black, never at the cost of length. */
export const transitionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["fade_in", "fade_out"]), frames }),
  z.strictObject({
    kind: z.enum(["slide_in", "slide_out"]),
    /** Where the picture comes from, or goes to. */
    side: z.enum(slideSides),
    frames,
  }),
]);
export type Transition = z.infer<typeof transitionSchema>;

const pieceFields = {
  /** Index into the job's inputs. */
  input: z.number().int().nonnegative(),
  /** Length in output frames. */
  frames,
  /** The whole shot that this is a part of, and how many of its frames come before. */
  shot: z.strictObject({ frames, offset: z.number().int().nonnegative() }),
  transition: transitionSchema.nullable(),
  picture: pictureSchema,
};

/** A part of one shot: a source shown without interruption. */
export const pieceSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("video"),
    ...pieceFields,
    /** Seconds from the source's start to the first instant shown. */
    start: z.number().nonnegative(),
    /** Frames per second of the source; null where they are unknown or vary. */
    frameRate: z.number().positive().nullable(),
  }),
  z.strictObject({
    kind: z.literal("image"),
    ...pieceFields,
    /** Which way the picture moves during its shot. */
    zoom: z.enum(["in", "out"]),
  }),
]);
export type Piece = z.infer<typeof pieceSchema>;

/**
 * How a picture of another shape is put into the frame: `cover` fills it and cuts off what is too
 * much, `contain` shows all of it between black bars, `blur` shows all of it over a blurred copy.
 */
export const videoFits = ["cover", "contain", "blur"] as const;

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
  fit: z.enum(videoFits),
  pieces: z.array(pieceSchema).min(1),
  /**
   * Advanced SubStation Alpha text, which inputs are its fonts, and whether it is to be drawn as red, green
   * and blue for its colours' sake; null where nothing is shown.
   */
  captions: z
    .strictObject({
      ass: z.string(),
      fonts: z.array(z.number().int().nonnegative()).min(1),
      coloured: z.boolean().default(false),
    })
    .nullable(),
});
export type SegmentJob = z.infer<typeof segmentJobSchema>;

/** How loud a source is in the mix, as a factor of its amplitude. */
const volume = z.number().nonnegative().max(10);
/** Index into the job's inputs. */
const input = z.number().int().nonnegative();

/** A stretch of a clip's own sound. */
export const soundPieceSchema = z.strictObject({
  /** Null where the clip has no sound. */
  input: input.nullable(),
  /** Seconds into the source. */
  start: z.number().nonnegative(),
  /** Length in samples of the job's rate. */
  samples: z.number().int().positive(),
});
export type SoundPiece = z.infer<typeof soundPieceSchema>;

/** The sound of a whole video as AAC in an MP4, at −14 LUFS. */
export const soundtrackJobSchema = z.strictObject({
  kind: z.literal("soundtrack"),
  /** Length in samples of `sampleRate`. */
  samples: z.number().int().positive(),
  sampleRate: z.literal(48000),
  /** Speech, from the start. */
  narration: z.strictObject({ input, volume }).nullable(),
  /** Looped or trimmed to the video, ducked under the narration, faded out; `duration` is the source's, in seconds. */
  music: z.strictObject({ input, volume, duration: z.number().positive() }).nullable(),
  /** What the clips sound like, in playback order; the pieces' samples add up to the job's. */
  clips: z.strictObject({ volume, pieces: z.array(soundPieceSchema).min(1) }).nullable(),
});
export type SoundtrackJob = z.infer<typeof soundtrackJobSchema>;

/**
 * The pictures of a video laid out in a grid, in reading order, as one JPEG. The one input is an MP4 of
 * H.264 in BT.709 that has those pictures and no others.
 */
export const stillsJobSchema = z.strictObject({
  kind: z.literal("stills"),
  grid: z.strictObject({
    columns: z.number().int().min(1).max(20),
    rows: z.number().int().min(1).max(20),
    /** Of one picture, in pixels. */
    width: z.number().int().min(16).max(4096).multipleOf(2),
    height: z.number().int().min(16).max(4096).multipleOf(2),
  }),
});
export type StillsJob = z.infer<typeof stillsJobSchema>;

export const renderJobSchema = z.discriminatedUnion("kind", [segmentJobSchema, soundtrackJobSchema, stillsJobSchema]);
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
      /** As shown: turned as the file says, with square pixels. */
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      /** Frames per second, on average. */
      frameRate: z.number().positive().nullable(),
      variableFrameRate: z.boolean().default(false),
      /** Seconds from the file's start to the first picture. */
      start: z.number().nonnegative().default(0),
      /** Degrees the coded picture is turned clockwise to be shown; width and height are those after it. */
      rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]).default(0),
      /** Which field of a frame is shown first; null where it is not known whether there are fields at all. */
      fieldOrder: z.enum(["progressive", "top", "bottom"]).nullable().default(null),
      /** ffmpeg's name, where it is known. */
      pixelFormat: z.string().nullable().default(null),
      bitDepth: z.number().int().positive().nullable().default(null),
      alpha: z.boolean().default(false),
      /** By ffmpeg's names (ITU-T H.273); null for what the file does not say. */
      color: z
        .strictObject({
          primaries: z.string().nullable(),
          transfer: z.string().nullable(),
          matrix: z.string().nullable(),
          range: z.enum(["tv", "pc"]).nullable(),
        })
        .default({ primaries: null, transfer: null, matrix: null, range: null }),
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
