/** For what never ends. No test is about time, and a busy machine is slow. In milliseconds. */
export const TIMEOUT = 300_000;

/** The vitest projects that render. `npm test` runs them with the fastest renderer, `npm run test:renderers` with ffmpeg.wasm. */
export const renderingProject = {
  test: {
    name: "rendering",
    isolate: false,
    include: ["test/rendering/**/*.test.ts"],
    globalSetup: ["test/support/assets.ts"],
    testTimeout: TIMEOUT,
    hookTimeout: TIMEOUT,
  },
};

export const endToEndProject = {
  test: {
    name: "e2e",
    isolate: false,
    include: ["test/e2e/**/*.test.ts"],
    // Each of vitest's workers has a service of its own.
    globalSetup: ["test/support/services/shared-workers.ts", "test/e2e/support/start-services.ts"],
    testTimeout: TIMEOUT,
    hookTimeout: TIMEOUT,
  },
};
