import { expect } from "vitest";
import { colorAt, type Frames } from "./pictures.ts";

/** 8-bit luma, Cb and Cr of the primary colours in limited-range BT.709 (ITU-R BT.709-6). */
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

/** A lavfi source with a red, green, blue and white quarter. Red is at the top left. */
export const quarters = (size: string) =>
  `color=red:s=${size}:r=10:d=1,format=gbrp,geq=` +
  "r='255*(lt(X,W/2)*lt(Y,H/2)+gte(X,W/2)*gte(Y,H/2))':" +
  "g='255*(gte(X,W/2)*lt(Y,H/2)+gte(X,W/2)*gte(Y,H/2))':" +
  "b='255*(lt(X,W/2)*gte(Y,H/2)+gte(X,W/2)*gte(Y,H/2))'";

/** The corners of {@link quarters} that is shown upright, clockwise from the top left. */
export const UPRIGHT: (keyof typeof colors)[] = ["red", "green", "white", "blue"];

/** Checks the colours near the four corners, clockwise from the top left. */
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
