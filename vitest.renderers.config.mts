import { defineConfig } from "vitest/config";
import { isUnexpected } from "./test/support/expected-output.ts";
import { ProjectSequencer } from "./test/support/project-sequencer.ts";
import { hasFFmpeg } from "./test/support/renderers-under-test.ts";
import { endToEndProject, renderingsWith } from "./test/support/rendering-projects.ts";

// Vitest's workers inherit it.
process.env.TEST_RENDERER = "wasm";

/** End-to-end tests of what a renderer makes, and the pages. In the others the renderer makes no difference. */
const OF_RENDERERS = ["hls", "soundtrack-and-captions", "stills", "video", "pages/*"];

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
        test: {
          ...endToEndProject.test,
          include: OF_RENDERERS.map((name) => `test/e2e/${name}.test.ts`),
          exclude: [],
        },
      },
      { test: { ...endToEndProject.test, name: "renderers", include: ["test/renderers/**/*.test.ts"] } },
    ],
  },
});
