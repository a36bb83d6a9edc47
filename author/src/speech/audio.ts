import { unreadable } from "../calls/provider-error.ts";
import { isCutOffWave, sniffMedia } from "../calls/sniff-media.ts";

/** Checks that bytes are audio, and finds out of which type. @throws ProviderError */
export function checkAudio(
  audio: Uint8Array<ArrayBuffer>,
  provider: string,
): { audio: Uint8Array<ArrayBuffer>; mediaType: string } {
  if (audio.byteLength === 0) throw unreadable(provider, "with empty audio");
  const mediaType = sniffMedia(audio);
  if (!mediaType?.startsWith("audio/")) throw unreadable(provider, "with something other than audio");
  if (isCutOffWave(audio)) throw unreadable(provider, "with audio that broke off");
  return { audio, mediaType };
}

/** A rate within the range of a provider. */
export function clampRate(rate: number, slowest: number, fastest: number): number {
  return Math.min(fastest, Math.max(slowest, rate));
}
