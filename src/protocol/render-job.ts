import { z } from "zod";
import { slideSides, videoFits } from "../api/video-request.ts";

/**
 * The jobs that the API Worker sends to a renderer, and the replies. All renderers use these schemas, and both ends
 * parse with them. A job is data and never a command line: the renderer builds the ffmpeg arguments itself.
 */

const frames = z.number().int().positive();

/** The x264 settings. All segments of one video have the same settings. */
export const encoderSchema = z.strictObject({
  preset: z.enum(["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]),
  /** Constant rate factor, 1 to 51. 0 would be lossless, which the High profile does not support. */
  crf: z.number().int().min(1).max(51),
});
export type EncoderSettings = z.infer<typeof encoderSchema>;

/** ffmpeg's decoders of still pictures. */
export const stillDecoders = ["mjpeg", "png", "webp", "bmp", "tiff", "gif"] as const;

/** The properties of a source's pictures that the filters need to show them correctly. */
export const pictureSchema = z.strictObject({
  /** True if the pictures have transparent parts. These are shown over black. */
  alpha: z.boolean(),
  /** The field of an interlaced frame that was recorded first, or null for progressive pictures. */
  firstField: z.enum(["top", "bottom"]).nullable(),
  /** Matrix coefficients of luma and chroma, or `rgb`. */
  matrix: z.enum(["rgb", "bt601", "bt709", "bt2020"]),
  /** True if luma ranges from 0 to 255, false if it ranges from 16 to 235. */
  fullRange: z.boolean(),
  primaries: z.enum(["bt709", "bt2020"]),
  /** Transfer function: standard dynamic range, or a high dynamic range function of ITU-R BT.2100. */
  transfer: z.enum(["sdr", "pq", "hlg"]),
  /**
   * The decoder to use: of a still picture, or of a video with an alpha channel that ffmpeg's default would ignore. Null
   * for the default.
   */
  decoder: z.enum(["libvpx", "libvpx-vp9", ...stillDecoders]).nullable(),
});
export type Picture = z.infer<typeof pictureSchema>;

/**
 * How a shot begins or ends, or moves. `frames` is the duration. Transitions happen over black and do not shorten the
 * shot. A zoom lasts as long as the shot.
 */
export const transitionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["zoom_in", "zoom_out"]), frames }),
  z.strictObject({ kind: z.enum(["fade_in", "fade_out"]), frames }),
  z.strictObject({
    kind: z.enum(["slide_in", "slide_out"]),
    /** The side from which the picture comes, or to which it goes. */
    side: z.enum(slideSides),
    frames,
  }),
]);
export type Transition = z.infer<typeof transitionSchema>;

/**
 * How a stored picture must be turned and mirrored for display, as in Exif 2.32, tag 0x0112: 1 not at all, 2 mirrored,
 * 3 half a turn, 4 upside down, 5 rows and columns exchanged, 6 a quarter turn clockwise, 7 as 5 and half a turn, 8 a
 * quarter turn counter-clockwise.
 */
export const orientationSchema = z.literal([1, 2, 3, 4, 5, 6, 7, 8]);
export type Orientation = z.infer<typeof orientationSchema>;

/** How a still picture lies in its file. */
export const stillSchema = z.strictObject({
  orientation: orientationSchema,
  /** The end of the first picture, in bytes from the start of the file. Phones append further pictures and videos. */
  bytes: z.number().int().positive(),
});
export type StillLayout = z.infer<typeof stillSchema>;

const pieceFields = {
  /** Index into the job's inputs. */
  input: z.number().int().nonnegative(),
  /** Length in output frames. */
  frames,
  /** Length of the whole shot, and the number of its frames before this piece. */
  shot: z.strictObject({ frames, offset: z.number().int().nonnegative() }),
  transition: transitionSchema.nullable(),
  picture: pictureSchema,
};

/** How fast a source plays, as a factor. */
const speed = z.number().min(0.5).max(2);

/** A piece: a stretch of one source, shown without interruption. It is a whole shot or a part of one. */
export const pieceSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("video"),
    ...pieceFields,
    /** Start within the source, in seconds. */
    start: z.number().nonnegative(),
    /** Frames per second of the source, or null if the rate is unknown or varies. */
    frameRate: z.number().positive().nullable(),
    /** Seconds of the source that are shown per second. Missing: 1. */
    speed: speed.optional(),
    /**
     * The time in the source to which ffmpeg seeks, in seconds. It is earlier than `start` if ffmpeg's seek is not exact in
     * the source's format. Missing: just before `start`.
     */
    seek: z.number().nonnegative().optional(),
  }),
  z.strictObject({
    kind: z.literal("image"),
    ...pieceFields,
    /** Null for a file that an earlier version has probed: ffmpeg finds its format and orientation. */
    still: stillSchema.nullable().default(null),
    /** The zoom direction over the whole shot, or `none` for a picture that does not move. */
    zoom: z.enum(["in", "out", "none"]),
  }),
]);
export type Piece = z.infer<typeof pieceSchema>;

/**
 * What of the captions' RGB canvas has to be drawn, and when. Missing in plans of earlier versions: all rows, in every
 * frame.
 */
export const captionCanvasSchema = z.strictObject({
  /** The rows that the captions may touch, in pixels. Both are even, because chroma has half the rows. */
  top: z.number().int().nonnegative().multipleOf(2),
  height: z.number().int().positive().multipleOf(2),
  /** Whether the script's coordinates are those of these rows, or those of the whole frame. */
  coordinates: z.enum(["rows", "frame"]),
  /** The frames, counted from the start of the segment, whose picture differs from that of the frame before. Ascending. */
  changes: z.array(z.number().int().nonnegative()),
});
export type CaptionCanvas = z.infer<typeof captionCanvasSchema>;

/**
 * Renders one segment: a video track without captions and, if there are captions, a second track with them. `clean` is
 * false to leave out the first of two tracks.
 */
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
  clean: z.literal(false).optional(),
  pieces: z.array(pieceSchema).min(1),
  /**
   * The captions, or null for none: an Advanced SubStation Alpha script, the indexes of the inputs that are its fonts,
   * and whether the script must be drawn as RGB to keep its colours.
   */
  captions: z
    .strictObject({
      ass: z.string(),
      fonts: z.array(z.number().int().nonnegative()).min(1),
      coloured: z.boolean().default(false),
      canvas: captionCanvasSchema.optional(),
    })
    .nullable(),
});
export type SegmentJob = z.infer<typeof segmentJobSchema>;

/** The volume of a source in the mix, as a factor of its amplitude. */
const volume = z.number().nonnegative().max(10);
/** Index into the job's inputs. */
const input = z.number().int().nonnegative();

/** True if the sound must be written anew before it can be mixed, as in {@link mediaProbeSchema}. */
const irregular = z.boolean().optional();

/** A stretch of a clip's own sound. */
export const soundPieceSchema = z.strictObject({
  /** Index into the job's inputs, or null for silence. */
  input: input.nullable(),
  /** Start within the source, in seconds. */
  start: z.number().nonnegative(),
  /** Length in samples at the job's sample rate. */
  samples: z.number().int().positive(),
  /** Seconds of the source that are heard per second, at the same pitch. Missing: 1. */
  speed: speed.optional(),
});
export type SoundPiece = z.infer<typeof soundPieceSchema>;

/** Renders the sound of a whole video: AAC in an MP4 file, at −14 LUFS. */
export const soundtrackJobSchema = z.strictObject({
  kind: z.literal("soundtrack"),
  /** Length in samples. */
  samples: z.number().int().positive(),
  sampleRate: z.literal(48000),
  /** Speech. It starts at the start of the video. */
  narration: z.strictObject({ input, volume, irregular }).nullable(),
  /**
   * Background music: looped or trimmed to the video, quieter during the narration, and faded out at the end.
   * `duration` is the source's duration in seconds.
   */
  music: z.strictObject({ input, volume, duration: z.number().positive(), irregular }).nullable(),
  /** The clips' own sound, in playback order. The samples of the pieces add up to the job's samples. */
  clips: z.strictObject({ volume, pieces: z.array(soundPieceSchema).min(1) }).nullable(),
});
export type SoundtrackJob = z.infer<typeof soundtrackJobSchema>;

/**
 * Renders all pictures of a video into a grid, row by row, as one JPEG. The only input is an MP4 file with exactly
 * these pictures, H.264 in BT.709.
 */
export const stillsJobSchema = z.strictObject({
  kind: z.literal("stills"),
  grid: z.strictObject({
    columns: z.number().int().min(1).max(20),
    rows: z.number().int().min(1).max(20),
    /** Width of one picture in pixels. */
    width: z.number().int().min(16).max(4096).multipleOf(2),
    /** Height of one picture in pixels. */
    height: z.number().int().min(16).max(4096).multipleOf(2),
  }),
});
export type StillsJob = z.infer<typeof stillsJobSchema>;

/** Decodes the sound of the only input into a WAV file: mono, 16 bits, at this sample rate. */
export const speechJobSchema = z.strictObject({
  kind: z.literal("speech"),
  sampleRate: z.union([z.literal(8000), z.literal(16_000), z.literal(48_000)]),
});
export type SpeechJob = z.infer<typeof speechJobSchema>;

export const renderJobSchema = z.discriminatedUnion("kind", [
  segmentJobSchema,
  soundtrackJobSchema,
  stillsJobSchema,
  speechJobSchema,
]);
export type RenderJob = z.infer<typeof renderJobSchema>;

/** The properties of a media file. Times are in seconds, sizes in pixels. */
export const mediaProbeSchema = z.strictObject({
  kind: z.enum(["video", "image", "audio"]),
  /** The container format, as ffmpeg's demuxer name. */
  format: z.string(),
  /** 0 for an image. */
  duration: z.number().nonnegative(),
  video: z
    .strictObject({
      codec: z.string(),
      /** Displayed size: after rotation, with square pixels. */
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      /** Average frames per second, or null if unknown. */
      frameRate: z.number().positive().nullable(),
      variableFrameRate: z.boolean().default(false),
      /** Max seconds from one keyframe to the next, or null if unknown: then the times in this probe are from headers. */
      keyframeInterval: z.number().nonnegative().nullable().default(null),
      /** Seconds from the start of the file to the first picture. */
      start: z.number().nonnegative().default(0),
      /** Clockwise rotation of the coded picture for display, in degrees. Width and height are those after it. */
      rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]).default(0),
      /** Null for a video, and for a picture that an earlier version has probed. */
      still: stillSchema.nullable().default(null),
      /** The field of a frame that is displayed first, `progressive` if there are no fields, null if unknown. */
      fieldOrder: z.enum(["progressive", "top", "bottom"]).nullable().default(null),
      /** ffmpeg's name of the pixel format, or null if unknown. */
      pixelFormat: z.string().nullable().default(null),
      bitDepth: z.number().int().positive().nullable().default(null),
      alpha: z.boolean().default(false),
      /** ffmpeg's names for the colour properties (ITU-T H.273). Null if the file does not specify them. */
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
  audio: z
    .strictObject({
      codec: z.string(),
      /** True if the packets' times are not those of the sound, or if its sample rate or channels change. */
      irregular: z.boolean().optional(),
    })
    .nullable(),
});
export type MediaProbe = z.infer<typeof mediaProbeSchema>;

/** The reason why a renderer could not do a job. `log` has the last lines that ffmpeg printed. */
export const renderFailureSchema = z.strictObject({
  ok: z.literal(false),
  code: z.enum(["bad_input", "timeout", "output_limit", "ffmpeg_failed", "out_of_memory"]),
  message: z.string(),
  log: z.string(),
});
export type RenderFailure = z.infer<typeof renderFailureSchema>;

export const renderReplySchema = z.discriminatedUnion("ok", [
  z.strictObject({
    ok: z.literal(true),
    /** A stream if they are too many for one message. */
    bytes: z.custom<Uint8Array | ReadableStream<Uint8Array>>(
      (value) => value instanceof Uint8Array || value instanceof ReadableStream,
    ),
    /** How many bytes a stream has. */
    size: z.int().nonnegative().optional(),
  }),
  renderFailureSchema,
]);
export type RenderReply = z.infer<typeof renderReplySchema>;

export const probeReplySchema = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), probe: mediaProbeSchema }),
  renderFailureSchema,
]);
export type ProbeReply = z.infer<typeof probeReplySchema>;
