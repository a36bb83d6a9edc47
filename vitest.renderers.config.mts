import { defineConfig } from "vitest/config";
import { isUnexpected } from "./test/support/expected-output.ts";
import { ProjectSequencer } from "./test/support/project-sequencer.ts";
import { endToEndProject, renderingProject } from "./test/support/rendering-projects.ts";

// Vitest's workers inherit it.
process.env.TEST_RENDERER = "wasm";

/** End-to-end tests in which the renderer makes no difference. */
const OF_NO_RENDERER = ["api-reference", "examples", "fetched-inputs", "player", "uploads", "webhooks"];

/**
 * `npm run test:renderers`: what renders, once more with ffmpeg.wasm where `npm test` uses the installed ffmpeg, and
 * comparisons of the two. Without an installed ffmpeg, `npm test` has run the same already.
 */
export default defineConfig({
  test: {
    onConsoleLog: isUnexpected,
    maxWorkers: 3,
    sequence: { sequencer: ProjectSequencer },
    projects: [
      renderingProject,
      {
        test: { ...endToEndProject.test, exclude: OF_NO_RENDERER.map((name) => `test/e2e/${name}.test.ts`) },
      },
      { test: { ...endToEndProject.test, name: "renderers", include: ["test/renderers/**/*.test.ts"] } },
    ],
  },
});
