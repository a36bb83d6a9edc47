import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { isUnexpected } from "./test/support/expected-output.ts";
import { ProjectSequencer } from "./test/support/project-sequencer.ts";
import { endToEndProject, renderingProject, TIMEOUT } from "./test/support/rendering-projects.ts";
import { standInAuthor } from "./test/support/stand-in-author.ts";
import { standInRenderer } from "./test/support/stand-in-renderer.ts";

// The tests start many processes of Node. They find their code compiled.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL("node_modules/.cache/edgereel-tests/compiled", import.meta.url),
);

export default defineConfig({
  test: {
    onConsoleLog: isUnexpected,
    maxWorkers: 3,
    sequence: { sequencer: ProjectSequencer },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          testTimeout: TIMEOUT,
          hookTimeout: TIMEOUT,
        },
      },
      renderingProject,
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations("migrations"), AUTH: "off" },
              // Fewer than deployed, so that a test can send as many.
              ratelimits: {
                REQUESTS: { namespace_id: "730731", simple: { limit: 300, period: 60 } },
                COSTLY_REQUESTS: { namespace_id: "730732", simple: { limit: 60, period: 60 } },
              },
              workers: [standInRenderer, standInAuthor],
              // What these tests ask of other hosts is answered as a gateway would without one behind it.
              outboundService: () => new Response("no such host", { status: 502 }),
            },
          })),
        ],
        // standardwebhooks names a source map whose sources are not in the package, which is a warning.
        logLevel: "error",
        // mediabunny's modules map a Node-only file to `false` for browsers, which vitest's module
        // runner takes for a module named "node:". Its bundle has no such file.
        resolve: {
          alias: {
            mediabunny: fileURLToPath(new URL("node_modules/mediabunny/dist/bundles/mediabunny.mjs", import.meta.url)),
          },
        },
        test: {
          name: "worker",
          isolate: false,
          include: ["test/worker/**/*.test.ts"],
          globalSetup: [
            "test/support/assets.ts",
            "test/support/render-joinable-files.ts",
            "test/support/expected-output.ts",
          ],
          setupFiles: ["test/worker/support/setup.ts"],
          testTimeout: TIMEOUT,
          hookTimeout: TIMEOUT,
        },
      },
      {
        test: {
          name: "author",
          isolate: false,
          include: ["test/author/**/*.test.ts"],
          globalSetup: ["test/author/support/start-author.ts"],
          testTimeout: TIMEOUT,
          hookTimeout: TIMEOUT,
        },
      },
      {
        test: {
          name: "container",
          isolate: false,
          include: ["test/container/**/*.test.ts"],
          testTimeout: TIMEOUT,
          hookTimeout: TIMEOUT,
        },
      },
      endToEndProject,
    ],
  },
});
