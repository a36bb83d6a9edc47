import { defineConfig } from "vitest/config";
import { isUnexpected } from "./test/support/expected-output.ts";

// The services fall back to ffmpeg.wasm, so it has to run.
process.env.TEST_RENDERER = "wasm";

/**
 * `npm run test:faults`: tests of killed processes, hostile files and overload, some of which keep a service busy for a
 * minute, and of what is deployed. `npm test` leaves them out, because they take minutes. Each file starts its own
 * services.
 */
export default defineConfig({
  test: {
    name: "faults",
    include: ["test/faults/**/*.test.ts", "test/deployment/**/*.test.ts"],
    globalSetup: ["test/support/services/shared-workers.ts"],
    onConsoleLog: isUnexpected,
    // They mostly wait.
    maxWorkers: 3,
    isolate: false,
    testTimeout: 400_000,
    hookTimeout: 120_000,
  },
});
