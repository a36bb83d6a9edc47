/** A subtable of a font's `cmap` table. `offset` is from the start of the table. */
export interface CharacterMap {
  platform: number;
  encoding: number;
  offset: number;
  format: number;
}

const UNICODE_PLATFORM = 0;
const WINDOWS_PLATFORM = 3;
const WINDOWS_BASIC_PLANE = 1;
const WINDOWS_FULL_UNICODE = 10;
/** Glyphs for variation sequences. This format is an addition to another subtable. */
const VARIATION_SEQUENCES = 14;
/** The encoding of that format on the Unicode platform. */
const VARIATION_ENCODING = 5;
/** The tag `ttcf`. */
const COLLECTION = 0x74746366;
/** Max fonts of a collection that are edited. */
const MAX_FONTS = 256;

/**
 * The Unicode subtable with the largest range: format 12, else format 4, which has the basic multilingual plane only.
 * Null if the font has neither.
 *
 * @throws RangeError if the table ends too early.
 */
export function unicodeCharacterMap(cmap: DataView): CharacterMap | null {
  let best: CharacterMap | null = null;
  for (const candidate of characterMaps(cmap)) {
    const { format } = candidate;
    if (isUnicode(candidate) && (format === 4 || format === 12) && format > (best?.format ?? 0)) best = candidate;
  }
  return best;
}

/**
 * Edits a font file so that libass uses the character map with the largest range. libass 0.17 and older take the first
 * Windows map, which usually ends at U+FFFF, and so cannot draw emoji and rare Han characters. The edit removes the
 * other maps from the list of maps. It changes bytes in place and moves none. All fonts of a collection are edited.
 *
 * @returns true if the file was changed. A damaged file stays as it is.
 */
export function preferFullCharacterMap(file: Uint8Array): boolean {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    return fontOffsets(view).reduce((changed, start) => editFont(view, start) || changed, false);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Where each font of a file begins. */
function fontOffsets(view: DataView): number[] {
  if (view.getUint32(0) !== COLLECTION) return [0];
  return Array.from({ length: Math.min(view.getUint32(8), MAX_FONTS) }, (_, index) => view.getUint32(12 + index * 4));
}

function editFont(view: DataView, start: number): boolean {
  const record = tableRecord(view, start, "cmap");
  if (record === null) return false;
  const cmap = new DataView(view.buffer, view.byteOffset + view.getUint32(record + 8), view.getUint32(record + 12));
  const maps = characterMaps(cmap);
  const best = unicodeCharacterMap(cmap);
  const windows = maps.filter(({ platform }) => platform === WINDOWS_PLATFORM);
  const chosen = windows.find(isUnicode) ?? windows[0];
  // Without a Windows map, FreeType chooses, and it prefers the full range.
  if (!best || !chosen || chosen.offset === best.offset) return false;
  const before = checksum(cmap);
  const encoding = best.format === 12 ? WINDOWS_FULL_UNICODE : WINDOWS_BASIC_PLANE;
  const kept = maps.filter(({ format }) => format === VARIATION_SEQUENCES);
  kept.push({ ...best, platform: WINDOWS_PLATFORM, encoding });
  cmap.setUint16(2, kept.length);
  for (const [index, map] of kept.entries()) {
    cmap.setUint16(4 + index * 8, map.platform);
    cmap.setUint16(6 + index * 8, map.encoding);
    cmap.setUint32(8 + index * 8, map.offset);
  }
  const after = checksum(cmap);
  const recorded = view.getUint32(record + 4);
  view.setUint32(record + 4, after);
  const head = tableRecord(view, start, "head");
  if (head !== null) {
    // The file's checksum in the head table: the constant minus the sum of all words.
    const adjustment = view.getUint32(head + 8) + 8;
    view.setUint32(adjustment, view.getUint32(adjustment) - (after - before) - (after - recorded));
  }
  return true;
}

/** The offset of a table's entry in the directory of a font, or null if the font has no such table. */
function tableRecord(view: DataView, start: number, tag: string): number | null {
  for (let index = 0; index < view.getUint16(start + 4); index++) {
    const record = start + 12 + index * 16;
    if ([...tag].every((character, at) => view.getUint8(record + at) === character.charCodeAt(0))) return record;
  }
  return null;
}

/** The sum of a table's 32-bit words, modulo 2³². Missing bytes of the last word are zero. */
function checksum(table: DataView): number {
  let sum = 0;
  for (let at = 0; at + 4 <= table.byteLength; at += 4) sum = (sum + table.getUint32(at)) >>> 0;
  for (let at = table.byteLength & ~3; at < table.byteLength; at++) {
    sum = (sum + table.getUint8(at) * 2 ** (24 - 8 * (at & 3))) >>> 0;
  }
  return sum;
}

function characterMaps(cmap: DataView): CharacterMap[] {
  return Array.from({ length: cmap.getUint16(2) }, (_, index) => {
    const record = 4 + index * 8;
    const offset = cmap.getUint32(record + 4);
    const [platform, encoding] = [cmap.getUint16(record), cmap.getUint16(record + 2)];
    return { platform, encoding, offset, format: offset + 2 <= cmap.byteLength ? cmap.getUint16(offset) : 0 };
  });
}

function isUnicode({ platform, encoding }: CharacterMap): boolean {
  if (platform === UNICODE_PLATFORM) return encoding !== VARIATION_ENCODING;
  return platform === WINDOWS_PLATFORM && (encoding === WINDOWS_BASIC_PLANE || encoding === WINDOWS_FULL_UNICODE);
}
