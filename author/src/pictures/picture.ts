import { unreadable } from "../calls/provider-error.ts";
import { sniffMedia } from "../calls/sniff-media.ts";

/** Checks that bytes are a picture, and finds out of which type. @throws ProviderError */
export function checkPicture(
  image: Uint8Array<ArrayBuffer>,
  provider: string,
): { image: Uint8Array<ArrayBuffer>; mediaType: string } {
  const mediaType = sniffMedia(image);
  if (!mediaType?.startsWith("image/")) throw unreadable(provider, "with something other than a picture");
  return { image, mediaType };
}

/** A width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The size whose shape is nearest to the wished one. */
export function nearestSize(wish: Size, sizes: readonly [Size, ...Size[]]): Size {
  const difference = ({ width, height }: Size) => Math.abs(Math.log(width / height / (wish.width / wish.height)));
  return sizes.reduce((best, size) => (difference(size) < difference(best) ? size : best));
}

/** A size of the same shape whose sides are multiples of 64 pixels, with at most `maxSide` on the longer side. */
export function modelSize({ width, height }: Size, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const round = (side: number) => Math.min(maxSide, Math.max(256, Math.round((side * scale) / 64) * 64));
  return { width: round(width), height: round(height) };
}
