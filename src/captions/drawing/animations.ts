/** How long a text springs up, in seconds; as in MoneyPrinterTurbo. */
const POP_SECONDS = 0.18;
/** How long a text fades in, and how long it fades out. */
const FADE_SECONDS = 0.2;

/** The number of frames in which a text springs up. */
export function popFrames(frameRate: number): number {
  return Math.ceil(POP_SECONDS * frameRate);
}

/** The size of a text that springs up, as a factor: a damped spring that goes up to 1.1 and back to 1. */
export function popScale(frame: number, frameRate: number): number {
  // The middle of the frame: at its start, nothing could be read.
  const progress = (frame + 0.5) / frameRate / POP_SECONDS;
  return progress >= 1 ? 1 : 1 - Math.exp(-6 * progress) * Math.cos(2.5 * Math.PI * progress);
}

/** The number of frames in which a text fades in. If it is shown briefly, these are a third of its frames. */
export function fadeFrames(frameRate: number, shown: number): number {
  return Math.min(Math.round(FADE_SECONDS * frameRate), Math.floor(shown / 3));
}

/** The opacity of a text that fades in, from 0 to 1. For one that fades out, count frames from its end. */
export function fadeOpacity(frame: number, frames: number): number {
  return frame >= frames ? 1 : (frame + 0.5) / frames;
}
