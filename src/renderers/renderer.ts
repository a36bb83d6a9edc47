import { CodedError, type ErrorOverrides } from "../api/errors.ts";
import type { RendererKind } from "../api/task-state.ts";
import type { MediaProbe, RenderFailure, RenderJob } from "../protocol/render-job.ts";
import type { RenderLimits } from "../timeline/plan-timeline.ts";

/** A renderer could not do a job, or did not answer. */
export class RenderError extends CodedError {
  override name = "RenderError";
  declare readonly code: RenderFailure["code"] | "renderer_unavailable" | "renderer_busy";

  constructor(code: RenderError["code"], message: string, options?: ErrorOverrides) {
    super(code, message, options);
  }
}

/** What a renderer has to know of bytes that a job reads. */
export interface RenderInput {
  sha256: string;
  /** Bytes. */
  size: number;
}

/** A stored file to be described. */
export interface ProbeSource {
  /** Bytes. */
  size: number;
  sha256: string;
  /** Opens the bytes from the start, the first `limit` of them at most. */
  open(limit?: number): Promise<ReadableStream<Uint8Array>>;
}

/** What a renderer has to do with whoever wants a job done, while it does it. */
export interface RenderDealings<I extends RenderInput> {
  /** Opens the bytes of an input, from the start. */
  open: (input: I) => Promise<ReadableStream<Uint8Array>>;
  /** Keeps what was made, an MP4 or the JPEG of a job of stills: bytes, or a stream of known length. */
  store: (rendered: Uint8Array | ReadableStream<Uint8Array>) => Promise<unknown>;
  /** Stops the work when nobody wants the result any more. */
  signal: AbortSignal;
  /** Called when the renderer has the job with its inputs, as far as that can be told: what is sent later comes after it. */
  accepted?: () => void;
}

/** Something that runs ffmpeg. Every renderer draws the same picture from the same job. */
export interface Renderer {
  readonly kind: RendererKind;
  readonly limits: RenderLimits;

  /**
   * Renders a job.
   *
   * @throws RenderError, also where the stream breaks off or is not what was promised; the signal's reason;
   * what `open` and `store` throw.
   */
  render<I extends RenderInput>(job: RenderJob, inputs: readonly I[], dealings: RenderDealings<I>): Promise<void>;

  /**
   * Describes a media file and decodes its beginning. Of one larger than `limits.inputBytes` only that
   * much is read.
   *
   * @throws RenderError `bad_input` when ffmpeg cannot read or decode it.
   */
  probe(file: ProbeSource): Promise<MediaProbe>;
}

/** Most characters of ffmpeg's own words in a message. */
const LOG_LENGTH = 600;

/** Turns a renderer's answer of failure into an error. */
export function renderError({ code, message, log }: RenderFailure): RenderError {
  // ffmpeg names its parts by where they lie in its memory.
  const said = lastLines(log.replace(/ @ 0x[0-9a-f]+/g, "").trim(), LOG_LENGTH);
  return new RenderError(code, said === "" ? message : `${message}: ${said}`);
}

/** The whole lines at the end of a text, as many as fit. */
function lastLines(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = text.slice(-length);
  const lineBreak = tail.indexOf("\n");
  return lineBreak < 0 ? tail : tail.slice(lineBreak + 1);
}
