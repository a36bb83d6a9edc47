/** For what never ends. No test is about time, and a busy machine is slow. In milliseconds. */
export const TIMEOUT = 300_000;

/** Renderings of every kind of input at every kind of cut, and every flow of the pages. They take minutes. */
const THOROUGH = ["test/rendering/thorough/**", "test/e2e/pages/**"];

/** The vitest project that renders each kind of job once, with the fastest renderer. */
export const renderingProject = {
  test: {
    name: "rendering",
    isolate: false,
    include: ["test/rendering/**/*.test.ts"],
    exclude: THOROUGH,
    globalSetup: ["test/support/assets.ts"],
    testTimeout: TIMEOUT,
    hookTimeout: TIMEOUT,
  },
};

/** Renderings with the renderer of this name: all of them, or only the thorough ones. */
export function renderingsWith(renderer: "native" | "wasm", include: "all" | "thorough") {
  return {
    test: {
      ...renderingProject.test,
      name: `rendering ${renderer}`,
      include: include === "all" ? renderingProject.test.include : ["test/rendering/thorough/**/*.test.ts"],
      exclude: [],
      env: { TEST_RENDERER: renderer },
    },
  };
}

export const endToEndProject = {
  test: {
    name: "e2e",
    isolate: false,
    include: ["test/e2e/**/*.test.ts"],
    exclude: THOROUGH,
    // Each of vitest's workers has a service of its own.
    globalSetup: ["test/support/services/shared-workers.ts", "test/e2e/support/start-services.ts"],
    testTimeout: TIMEOUT,
    hookTimeout: TIMEOUT,
  },
};
