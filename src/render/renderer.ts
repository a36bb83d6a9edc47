import type { Input, RendererKind } from "../tasks/jobs.ts";
import type { RenderLimits } from "../timeline/plan.ts";
import type { MediaProbe, RenderFailure, RenderJob } from "./protocol.ts";

/** A run that failed, and whether another may succeed. */
export class RenderError extends Error {
  override name = "RenderError";
  readonly code: RenderFailure["code"] | "renderer_unavailable";
  readonly retryable: boolean;

  constructor(code: RenderError["code"], message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
  }
}

/** Opens the bytes of an input, from the start. */
export type OpenInput = (input: Input) => Promise<ReadableStream<Uint8Array>>;

/** Something that runs ffmpeg. Every renderer draws the same picture from the same job. */
export interface Renderer {
  readonly kind: RendererKind;
  readonly limits: RenderLimits;

  /**
   * Renders a job.
   *
   * @returns the encoded MP4.
   * @throws RenderError
   */
  render(job: RenderJob, inputs: readonly Input[], open: OpenInput): Promise<Uint8Array>;

  /**
   * Describes a media file and decodes its beginning.
   *
   * @throws RenderError `bad_input` when ffmpeg cannot read or decode it.
   */
  probe(file: ReadableStream<Uint8Array>): Promise<MediaProbe>;
}

/** Most characters of ffmpeg's own words in a message. */
const LOG_LENGTH = 600;

/** Turns a renderer's answer of failure into an error. */
export function renderError({ code, message, log }: RenderFailure): RenderError {
  const said = lastLines(log.trim(), LOG_LENGTH);
  // What ffmpeg says of the same bytes it will say again; time and memory may be there another time.
  const retryable = code === "timeout" || code === "out_of_memory";
  return new RenderError(code, said === "" ? message : `${message}: ${said}`, retryable);
}

/** The whole lines at the end of a text, as many as fit. */
function lastLines(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = text.slice(-length);
  const lineBreak = tail.indexOf("\n");
  return lineBreak < 0 ? tail : tail.slice(lineBreak + 1);
}
