import { spawnSync } from "node:child_process";

/** True if ffmpeg is installed. Tests that need it say so when they are skipped. */
export const hasFFmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/**
 * The renderer that the tests use: the installed ffmpeg, which is faster, or ffmpeg.wasm if there is none.
 * `npm run test:renderers` sets TEST_RENDERER, so that they run with ffmpeg.wasm, too.
 */
export const rendererUnderTest: "native" | "wasm" =
  hasFFmpeg && process.env.TEST_RENDERER !== "wasm" ? "native" : "wasm";
