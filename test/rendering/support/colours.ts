import { expect } from "vitest";
import { colorAt, type Frames } from "./pictures.ts";

/** BT.709 limited-range luma, Cb and Cr of the primary colours (ITU-R BT.709-6, 8 bit). */
export const colors = {
  white: [235, 128, 128],
  red: [63, 102, 240],
  green: [173, 42, 26],
  blue: [32, 240, 118],
  black: [16, 128, 128],
} as const;

/** Checks each of luma, Cb and Cr. */
export function expectColor(seen: readonly [number, number, number], wanted: readonly number[], tolerance = 3): void {
  for (const [index, value] of wanted.entries()) {
    expect(Math.abs((seen[index] ?? 0) - value), `${seen} for ${wanted}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Red, green, blue and white quarters; red at the top left. */
export const quarters = (size: string) =>
  `color=red:s=${size}:r=10:d=1,format=gbrp,geq=` +
  "r='255*(lt(X,W/2)*lt(Y,H/2)+gte(X,W/2)*gte(Y,H/2))':" +
  "g='255*(gte(X,W/2)*lt(Y,H/2)+gte(X,W/2)*gte(Y,H/2))':" +
  "b='255*(lt(X,W/2)*gte(Y,H/2)+gte(X,W/2)*gte(Y,H/2))'";

/** Checks the colours near the corners, clockwise from the top left. */
export function expectCorners(shown: Frames, names: (keyof typeof colors)[]): void {
  const corners = [
    [0.15, 0.15],
    [0.85, 0.15],
    [0.85, 0.85],
    [0.15, 0.85],
  ] as const;
  for (const [index, [x, y]] of corners.entries()) {
    const name = names[index];
    if (name) expectColor(colorAt(shown, 0, x, y), colors[name]);
  }
}
