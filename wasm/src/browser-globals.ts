/** Defines `self.location`: @ffmpeg/core reads it, and workerd does not have it. */
const scope = globalThis as { location?: unknown };
scope.location ??= new URL("https://edgereel.invalid/ffmpeg-core.js");

export {};
