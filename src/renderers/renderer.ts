import { CodedError, type ErrorOverrides } from "../api/errors.ts";
import type { RendererKind } from "../api/task-state.ts";
import type { MediaProbe, RenderFailure, RenderJob } from "../protocol/render-job.ts";
import type { RenderLimits } from "../timeline/plan-timeline.ts";

/** A renderer failed to do a job, or did not answer. */
export class RenderError extends CodedError {
  override name = "RenderError";
  declare readonly code: RenderFailure["code"] | "renderer_unavailable" | "renderer_busy";

  constructor(code: RenderError["code"], message: string, options?: ErrorOverrides) {
    super(code, message, options);
  }
}

/** An input of a job, as far as renderers have to know it. */
export interface RenderInput {
  sha256: string;
  /** Bytes. */
  size: number;
}

/** A stored file that {@link Renderer.probe} reads. */
export interface ProbeSource {
  /** Bytes. */
  size: number;
  sha256: string;
  /** Opens the file from the start; at most `limit` bytes of it, if given. */
  open(limit?: number): Promise<ReadableStream<Uint8Array>>;
}

/** What a renderer gets from its caller for one job. */
export interface RenderContext<I extends RenderInput> {
  /** Opens an input from the start. */
  open: (input: I) => Promise<ReadableStream<Uint8Array>>;
  /** Stores the result, an MP4 or, for a stills job, a JPEG, or, for a speech job, a WAV file: as bytes or as a stream of known length. */
  store: (rendered: Uint8Array | ReadableStream<Uint8Array>) => Promise<unknown>;
  /** Aborts if the result is no longer wanted. */
  signal: AbortSignal;
  /** Called when the renderer seems to have the job and its inputs. A job sent after this call is queued behind it. */
  accepted?: () => void;
}

/** Runs ffmpeg jobs. Every renderer makes the same picture from the same job. */
export interface Renderer {
  readonly kind: RendererKind;
  readonly limits: RenderLimits;

  /**
   * Renders a job and stores the result.
   *
   * @throws RenderError, also if the result arrives incomplete or with another SHA-256 than announced; the signal's
   * reason; whatever `open` and `store` throw.
   */
  render<I extends RenderInput>(job: RenderJob, inputs: readonly I[], context: RenderContext<I>): Promise<void>;

  /**
   * Describes a media file and tests whether its beginning can be decoded. May read only the first
   * `limits.inputBytes` bytes.
   *
   * @throws RenderError `bad_input` if ffmpeg cannot read or decode the file.
   */
  probe(file: ProbeSource): Promise<MediaProbe>;
}

/** Max characters of ffmpeg's output in an error message. */
const MAX_OUTPUT_LENGTH = 600;

/** Turns a failure that a renderer reported into an error. Its message ends with the last lines of ffmpeg's output. */
export function renderError({ code, message, log }: RenderFailure): RenderError {
  // ffmpeg prints memory addresses, such as "[h264 @ 0x55…]", which differ from run to run.
  const output = lastLines(log.replace(/ @ 0x[0-9a-f]+/g, "").trim(), MAX_OUTPUT_LENGTH);
  return new RenderError(code, output === "" ? message : `${message}: ${output}`);
}

/** The last whole lines of a text that fit into `maxLength` characters. */
function lastLines(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const tail = text.slice(-maxLength);
  const lineBreak = tail.indexOf("\n");
  return lineBreak < 0 ? tail : tail.slice(lineBreak + 1);
}
