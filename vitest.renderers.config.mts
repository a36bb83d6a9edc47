import { defineConfig } from "vitest/config";
import { isUnexpected } from "./test/support/expected-output.ts";
import { ProjectSequencer } from "./test/support/project-sequencer.ts";
import { hasFFmpeg } from "./test/support/renderers-under-test.ts";
import { endToEndProject, renderingsWith } from "./test/support/rendering-projects.ts";

// Vitest's workers inherit it.
process.env.TEST_RENDERER = "wasm";

/** End-to-end tests in which the renderer makes no difference. */
const OF_NO_RENDERER = ["contract", "examples", "fetched-inputs", "pages", "uploads", "webhooks"];

/**
 * `npm run test:renderers`: each source at each cut with the installed ffmpeg, all that renders with ffmpeg.wasm,
 * comparisons of the two, and every flow of the pages. `npm test` renders each kind of job once.
 */
export default defineConfig({
  test: {
    onConsoleLog: isUnexpected,
    maxWorkers: 3,
    sequence: { sequencer: ProjectSequencer },
    projects: [
      ...(hasFFmpeg ? [renderingsWith("native", "thorough")] : []),
      renderingsWith("wasm", "all"),
      {
        test: { ...endToEndProject.test, exclude: OF_NO_RENDERER.map((name) => `test/e2e/${name}.test.ts`) },
      },
      { test: { ...endToEndProject.test, name: "renderers", include: ["test/renderers/**/*.test.ts"] } },
    ],
  },
});
