/** Files that the worker tests join: made by the real arguments with ffmpeg.wasm. Base64. */
export interface Fixtures {
  /** A second of 64×36 each, one going on from the other. */
  first: string;
  second: string;
  /** A second of another size. */
  larger: string;
  /** Two seconds of sound. */
  sound: string;
}

declare module "vitest" {
  interface ProvidedContext {
    fixtures: Fixtures;
  }
}
