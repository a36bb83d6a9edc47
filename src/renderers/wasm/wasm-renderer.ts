import type { Config } from "../../config/config.ts";
import { probeReplySchema, renderReplySchema } from "../../protocol/render-job.ts";
import { messageOf } from "../../util/log.ts";
import type { RendererBindings } from "../bindings.ts";
import { RenderError, type Renderer, renderError } from "../renderer.ts";
import { watchRenderer } from "../watch-renderer.ts";

/** ffmpeg.wasm blocks its Worker while it runs. A run takes less than this time. */
const MAX_SILENCE_MS = 300_000;

/** The embedded renderer: ffmpeg.wasm in the Worker behind the WASM service binding. For short videos. */
export function wasmRenderer(binding: RendererBindings["WASM"], config: Config): Renderer {
  /**
   * Calls the Worker. It returns its failures, so an error means that it is not running, that its isolate ended,
   * or that it was silent for too long.
   */
  const callWorker = async (call: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> => {
    const watch = watchRenderer(async () => binding.ping(), MAX_SILENCE_MS, signal);
    try {
      return await watch.until(call());
    } catch (error) {
      if (error instanceof RenderError) throw error;
      const message = `the embedded renderer did not answer: ${messageOf(error)}`;
      throw new RenderError("renderer_unavailable", message, { cause: error });
    } finally {
      watch.stop();
    }
  };

  return {
    kind: "wasm",
    limits: {
      shortSide: config.WASM_SHORT_SIDE,
      segmentSeconds: config.WASM_SEGMENT_SECONDS,
      segmentPixelSeconds: config.WASM_SEGMENT_PIXEL_SECONDS,
      inputBytes: config.WASM_INPUT_BYTES,
      totalSeconds: config.WASM_TOTAL_SECONDS,
      encoder: { preset: config.WASM_PRESET, crf: config.WASM_CRF },
    },

    async render(job, inputs, { open, store, signal, accepted }) {
      // RPC turns every error into a plain Error, and workerd logs it as uncaught on both sides. So `openAt` answers
      // null, and the error of `open` is kept, to throw it here.
      const openFailures: unknown[] = [];
      const openAt = async (index: number) => {
        try {
          const input = inputs[index];
          if (!input) throw new RangeError(`the job has no input ${index}`);
          return await open(input);
        } catch (error) {
          openFailures.push(error);
          return null;
        }
      };
      const asked = callWorker(async () => binding.render(job, inputs.length, openAt), signal);
      accepted?.();
      const reply = await asked.catch((error: unknown) => {
        throw openFailures.length > 0 ? openFailures[0] : error;
      });
      if (openFailures.length > 0) throw openFailures[0];
      const parsed = renderReplySchema.parse(reply);
      if (!parsed.ok) throw renderError(parsed);
      const { bytes, size = 0 } = parsed;
      await store(bytes instanceof Uint8Array ? bytes : bytes.pipeThrough(new FixedLengthStream(size)));
    },

    async probe(file) {
      const bytes = await file.open(config.WASM_INPUT_BYTES);
      const never = new AbortController().signal;
      const reply = probeReplySchema.parse(await callWorker(async () => binding.probe(bytes), never));
      if (!reply.ok) throw renderError(reply);
      return reply.probe;
    },
  };
}
