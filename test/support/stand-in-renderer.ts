/**
 * The Worker behind the WASM binding in the worker tests. It replaces the real wasm renderer, whose import takes half
 * a minute. The end-to-end tests run the real one.
 *
 * An upload in these tests is JSON that sets the stand-in's answers (see uploads.ts): the MediaProbe, the rendered
 * bytes by number of frames or samples, or a failure, or the length of a result that is streamed. A stills job, whose input is not an upload, returns the type of
 * its input and the requested grid. A job whose first input is an MP4 file returns the job.
 */
export const standInRenderer = {
  name: "edgereel-wasm",
  compatibilityDate: "2026-11-01",
  modules: [
    {
      type: "ESModule" as const,
      path: "stand-in.mjs",
      contents: `
        import { WorkerEntrypoint } from "cloudflare:workers";
        const failure = (code, message, log) => ({ ok: false, code, message, log });
        export class WasmRenderer extends WorkerEntrypoint {
          async ping() {
            return true;
          }
          async probe(input) {
            const text = await new Response(input).text();
            try {
              return { ok: true, probe: JSON.parse(text).probe };
            } catch {
              return failure("bad_input", "ffmpeg cannot read this file", "");
            }
          }
          async render(job, inputs, open) {
            let first = null;
            for (let index = 0; index < inputs; index++) {
              const input = await open(index);
              if (!input) return null;
              const bytes = await new Response(input).bytes();
              first ??= bytes;
            }
            if (job.kind === "stills") {
              const { columns, rows, width, height } = job.grid;
              const type = new TextDecoder().decode(first.subarray(4, 8));
              return { ok: true, bytes: new TextEncoder().encode([type, columns, rows, width, height].join(" ")) };
            }
            const text = new TextDecoder().decode(first);
            // A preview of captions shows a real clip. Its answer is the job.
            if (text.slice(4, 8) === "ftyp") return { ok: true, bytes: new TextEncoder().encode(JSON.stringify(job)) };
            if (!text.startsWith("{")) return failure("bad_input", "ffmpeg cannot read this file", "");
            const said = JSON.parse(text);
            if (said.streamed) {
              const bytes = new Uint8Array(said.streamed);
              bytes[bytes.length - 1] = 7;
              return { ok: true, bytes: new Response(bytes).body, size: bytes.length };
            }
            if (said.failure) return { ok: false, ...said.failure };
            const encoded = said.renders?.[job.frames ?? job.samples];
            if (!encoded) return failure("ffmpeg_failed", "ffmpeg ended with code 1", "stand-in");
            return { ok: true, bytes: Uint8Array.fromBase64(encoded) };
          }
        }
        export default { fetch: () => new Response(null, { status: 404 }) };
      `,
    },
  ],
};
