import colorString from "color-string";

/** Red, green and blue from 0 to 255, and opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, opacity: number];

/** Reads a CSS colour: a name, `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `hsl()`. Null where it is none. */
export function readColour(text: string): Colour | null {
  const read = colorString.get.rgb(text.trim());
  if (!read || read.some((value) => Number.isNaN(value))) return null;
  const [red = 0, green = 0, blue = 0, opacity = 1] = read;
  return [Math.round(red), Math.round(green), Math.round(blue), opacity];
}

/** `&HAABBGGRR`, as ASS writes colours: alpha counts transparency. */
export function assColour([red, green, blue, opacity]: Colour): string {
  const hex = (value: number) => Math.round(value).toString(16).padStart(2, "0").toUpperCase();
  return `&H${hex((1 - opacity) * 255)}${hex(blue)}${hex(green)}${hex(red)}`;
}

/** Whether a colour is black, white or between them. */
export function isGrey([red, green, blue]: Colour): boolean {
  return red === green && green === blue;
}
