import { CodedError } from "../../api/errors.ts";
import { unicodeCharacterMap } from "./character-map.ts";

/** A file is not a font that subtitles can be drawn with. The message gives the reason. */
export class FontError extends CodedError {
  override name = "FontError";

  constructor(message: string, options?: ErrorOptions) {
    super("unsupported_file", message, options);
  }
}

/** The properties of a font that layout needs. Lengths are in font units. */
export interface Font {
  /** The name by which libass finds the font: full name, family name or PostScript name. */
  name: string;
  unitsPerEm: number;
  /** Space above the baseline, as libass computes it. An ASS font size refers to ascent plus descent. */
  ascent: number;
  /** Space below the baseline, as libass computes it. */
  descent: number;
  /** True if the font has a glyph for the code point. */
  has(codePoint: number): boolean;
  /** Width of the code point's glyph without its neighbours. */
  advance(codePoint: number): number;
}

type Tables = ReadonlyMap<string, DataView>;

const REQUIRED_TABLES = ["cmap", "head", "hhea", "hmtx", "maxp", "name"] as const;

/**
 * Reads the character map, widths, height and name of a TrueType or OpenType font (ISO/IEC 14496-22). Of a collection
 * it reads the first font. The needed tables are copied, so the file's memory can be freed.
 *
 * @throws FontError if the file is not a usable font.
 */
export function readFont(file: Uint8Array): Font {
  try {
    return openFont(file);
  } catch (error) {
    // A DataView was read past the end of a table.
    if (error instanceof RangeError) throw new FontError("the font is damaged: a table ends too early");
    throw error;
  }
}

function openFont(file: Uint8Array): Font {
  const tables = readTables(file);
  const missing = REQUIRED_TABLES.filter((tag) => !tables.has(tag));
  if (missing.length > 0) throw new FontError(`the font has no ${missing.join(", ")} table`);
  if (!["glyf", "CFF ", "CFF2"].some((tag) => tables.has(tag))) throw new FontError("the font has no outlines");
  const unitsPerEm = table(tables, "head").getUint16(18);
  if (unitsPerEm < 16 || unitsPerEm > 16_384) throw new FontError(`the font has ${unitsPerEm} units per em`);
  const glyphs = table(tables, "maxp").getUint16(4);
  const glyphOf = readCharacterMap(table(tables, "cmap"), glyphs);
  const widths = readWidths(table(tables, "hhea"), table(tables, "hmtx"), glyphs);
  return {
    name: readName(table(tables, "name")),
    unitsPerEm,
    ...readHeight(tables),
    has: (codePoint) => glyphOf(codePoint) !== 0,
    advance: (codePoint) => widths(glyphOf(codePoint)),
  };
}

/** Copies the tables that are needed. Outline tables are only recorded as present, with no content. */
function readTables(file: Uint8Array): Tables {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let start = 0;
  if (view.getUint32(0) === 0x74746366) start = view.getUint32(12);
  const version = view.getUint32(start);
  if (version === 0x774f4646 || version === 0x774f4632) throw new FontError("WOFF is not accepted: send a TTF or OTF");
  if (version !== 0x00010000 && version !== 0x4f54544f && version !== 0x74727565) {
    throw new FontError("the file is not a TrueType or OpenType font");
  }
  const tables = new Map<string, DataView>();
  const count = view.getUint16(start + 4);
  for (let index = 0; index < count; index++) {
    const record = start + 12 + index * 16;
    const tag = String.fromCharCode(...file.subarray(record, record + 4));
    const offset = view.getUint32(record + 8);
    const length = view.getUint32(record + 12);
    if (offset + length > file.byteLength) throw new FontError(`the font is cut off inside its ${tag.trim()} table`);
    const outlines = tag === "glyf" || tag.startsWith("CFF");
    if (outlines || tag === "OS/2" || REQUIRED_TABLES.includes(tag as (typeof REQUIRED_TABLES)[number])) {
      tables.set(tag, new DataView(Uint8Array.from(file.subarray(offset, offset + (outlines ? 0 : length))).buffer));
    }
  }
  return tables;
}

function table(tables: Tables, tag: string): DataView {
  const view = tables.get(tag);
  if (!view) throw new FontError(`the font has no ${tag} table`);
  return view;
}

/** Reads the Unicode subtable with the largest range. The renderers make libass use the same one. */
function readCharacterMap(cmap: DataView, glyphs: number): (codePoint: number) => number {
  const best = unicodeCharacterMap(cmap);
  if (!best) throw new FontError("the font has no Unicode character map");
  const lookUp = best.format === 12 ? segmentedCoverage(cmap, best.offset) : segmentMapping(cmap, best.offset);
  return (codePoint) => {
    const glyph = lookUp(codePoint);
    return glyph < glyphs ? glyph : 0;
  };
}

/** Looks up glyphs in a cmap subtable of format 12. */
function segmentedCoverage(cmap: DataView, offset: number): (codePoint: number) => number {
  const groups = cmap.getUint32(offset + 12);
  const at = (index: number, field: number) => cmap.getUint32(offset + 16 + index * 12 + field * 4);
  if (groups > 0) at(groups - 1, 2);
  return (codePoint) => {
    const index = firstIndex(groups, (candidate) => at(candidate, 1) >= codePoint);
    return index < groups && at(index, 0) <= codePoint ? at(index, 2) + codePoint - at(index, 0) : 0;
  };
}

/** Looks up glyphs in a cmap subtable of format 4. */
function segmentMapping(cmap: DataView, offset: number): (codePoint: number) => number {
  const count = cmap.getUint16(offset + 6) / 2;
  const ends = offset + 14;
  const starts = ends + count * 2 + 2;
  const deltas = starts + count * 2;
  const ranges = deltas + count * 2;
  if (count > 0) cmap.getUint16(ranges + (count - 1) * 2);
  return (codePoint) => {
    if (codePoint > 0xffff) return 0;
    const index = firstIndex(count, (candidate) => cmap.getUint16(ends + candidate * 2) >= codePoint);
    if (index === count || cmap.getUint16(starts + index * 2) > codePoint) return 0;
    const delta = cmap.getUint16(deltas + index * 2);
    const range = cmap.getUint16(ranges + index * 2);
    if (range === 0) return (codePoint + delta) & 0xffff;
    const place = ranges + index * 2 + range + (codePoint - cmap.getUint16(starts + index * 2)) * 2;
    const glyph = place + 2 <= cmap.byteLength ? cmap.getUint16(place) : 0;
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  };
}

/** Binary search for the first index for which `holds` is true, or `count` if there is none. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function readWidths(hhea: DataView, hmtx: DataView, glyphs: number): (glyph: number) => number {
  const count = hhea.getUint16(34);
  if (count === 0 || count > glyphs) throw new FontError("the font's widths do not fit its glyphs");
  hmtx.getUint16((count - 1) * 4);
  // All glyphs after the last width have that width.
  return (glyph) => hmtx.getUint16(Math.min(glyph, count - 1) * 4);
}

/** Ascent and descent as libass computes them: from the OS/2 table's Windows metrics if set, else from the hhea table. */
function readHeight(tables: Tables): Pick<Font, "ascent" | "descent"> {
  const os2 = tables.get("OS/2");
  if (os2 && os2.byteLength >= 78 && os2.getInt16(74) + os2.getInt16(76) > 0) {
    return { ascent: os2.getInt16(74), descent: os2.getInt16(76) };
  }
  const hhea = table(tables, "hhea");
  const [ascent, descent] = [hhea.getInt16(4), -hhea.getInt16(6)];
  if (ascent + descent <= 0) throw new FontError("the font has no height");
  return { ascent, descent };
}

/** The English full name (4), else family name (1), else PostScript name (6). Skips names that ASS cannot express. */
function readName(name: DataView): string {
  const storage = name.getUint16(4);
  for (const wanted of [4, 1, 6]) {
    for (let index = 0; index < name.getUint16(2); index++) {
      const record = 6 + index * 12;
      const windowsEnglish = name.getUint16(record) === 3 && name.getUint16(record + 4) === 0x409;
      if (!windowsEnglish || name.getUint16(record + 6) !== wanted) continue;
      const start = storage + name.getUint16(record + 10);
      let text = "";
      for (let at = 0; at < name.getUint16(record + 8); at += 2)
        text += String.fromCharCode(name.getUint16(start + at));
      if (/^[^\p{C},{}\\@]+$/u.test(text)) return text;
    }
  }
  throw new FontError("the font has no English name that a subtitle script can refer to");
}
