import colorString from "color-string";

/** Red, green and blue from 0 to 255, and opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, opacity: number];

/** Parses a CSS colour: a name, `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` or `hsl()`. Returns null for any other text. */
export function readColour(text: string): Colour | null {
  const read = colorString.get.rgb(text.trim());
  if (!read || read.some((value) => Number.isNaN(value))) return null;
  const [red = 0, green = 0, blue = 0, opacity = 1] = read;
  return [Math.round(red), Math.round(green), Math.round(blue), opacity];
}

/** The colour in ASS notation, `&HAABBGGRR`. Its alpha is transparency: 00 is opaque. */
export function assColour([red, green, blue, opacity]: Colour): string {
  const hex = (value: number) => Math.round(value).toString(16).padStart(2, "0").toUpperCase();
  return `&H${hex((1 - opacity) * 255)}${hex(blue)}${hex(green)}${hex(red)}`;
}

/** True for black, white and every grey. */
export function isGrey([red, green, blue]: Colour): boolean {
  return red === green && green === blue;
}

/**
 * The colour that looks like the given one if it is converted to YCbCr with the BT.601 matrix and shown with the BT.709
 * matrix. Null if there is none: of bright green, for example.
 */
export function forBt601([red, green, blue, opacity]: Colour): Colour | null {
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [cb, cr] = [(blue - luma) / 1.8556, (red - luma) / 1.5748];
  const converted = [luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb].map(Math.round);
  const [r = 0, g = 0, b = 0] = converted;
  return converted.every((value) => value >= 0 && value <= 255) ? [r, g, b, opacity] : null;
}
