/** Files that the worker tests join, in Base64. ffmpeg.wasm renders them with the service's own arguments. */
export interface Fixtures {
  /** Two consecutive segments of one second with 64×36 pixels. */
  first: string;
  second: string;
  /** A segment of one second with another frame size. */
  larger: string;
  /** A soundtrack of two seconds. */
  sound: string;
}

declare module "vitest" {
  interface ProvidedContext {
    fixtures: Fixtures;
  }
}
