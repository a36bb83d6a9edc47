/**
 * The Worker behind the WASM binding in the worker tests, which are about the API and not about
 * pictures: importing the real one takes half a minute. The end-to-end tests run the real one.
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
        const refused = { ok: false, code: "bad_input", message: "ffmpeg cannot read this file", log: "" };
        export class WasmRenderer extends WorkerEntrypoint {
          async probe(input) {
            const text = await new Response(input).text();
            return text.startsWith("{") ? { ok: true, probe: JSON.parse(text) } : refused;
          }
          async render(job, inputs, open) {
            for (let index = 0; index < inputs; index++) await new Response(await open(index)).bytes();
            return { ok: false, code: "ffmpeg_failed", message: "ffmpeg ended with code 1", log: "stand-in" };
          }
        }
        export default { fetch: () => new Response(null, { status: 404 }) };
      `,
    },
  ],
};
