/** Stands in for `self.location`, which workerd does not define and @ffmpeg/core reads. */
const scope = globalThis as { location?: unknown };
scope.location ??= new URL("https://edgereel.invalid/ffmpeg-core.js");

export {};
