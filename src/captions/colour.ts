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
