import { big5, euc_jp, euc_kr, gb_18030, sjis } from "chardet/lib/encoding/mbcs.js";
import * as singleByte from "chardet/lib/encoding/sbcs.js";
import { isThai, plausibility } from "./encoding-plausibility.ts";

/** A text that was decoded. */
export interface DecodedText {
  text: string;
  /** The encoding as `TextDecoder` names it, such as `utf-8`, `windows-1251` or `gb18030`. */
  encoding: string;
}

/** Bytes that are no text, or text whose encoding cannot be told. The message names the best guess. */
export class EncodingError extends Error {
  override name = "EncodingError";
}

/** A guess that scores less is not used, because it would show other letters. The max is 2. */
const MIN_SCORE = 0.6;
/** Detection reads this much of a text. */
const SAMPLE_BYTES = 100_000;

/** The encodings that are recognised by the frequency of their letters. Each is a class of the library. */
const RECOGNISERS = [
  ...[sjis, big5, euc_jp, gb_18030, euc_kr],
  ...[
    singleByte.ISO_8859_1,
    singleByte.ISO_8859_2,
    singleByte.ISO_8859_5,
    singleByte.ISO_8859_6,
    singleByte.ISO_8859_7,
  ],
  ...[
    singleByte.ISO_8859_8,
    singleByte.ISO_8859_9,
    singleByte.windows_1251,
    singleByte.windows_1256,
    singleByte.KOI8_R,
  ],
  ...[singleByte.windows_1257, singleByte.windows_1258, singleByte.windows_874],
];

const RARE: ReadonlySet<string> = new Set(["windows-1257", "windows-1258", "windows-874"]);
/** Encodings that are tried although no letters of theirs are frequent, because the text is short. */
const ALPHABETS = ["windows-1252", "windows-1251", "windows-1256", "windows-1255", "windows-1250", "windows-1253"];

/**
 * Decodes a text whose encoding is not known. UTF-8 and UTF-16 are recognised by their byte order mark, UTF-8 also by
 * being valid, UTF-16 also by its zero bytes. Other encodings are guessed from the frequency of letters.
 *
 * @throws EncodingError
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const unicode = unicodeEncoding(bytes);
  if (unicode) {
    const text = decodeAs(unicode, bytes);
    if (text !== null) return { text, encoding: unicode };
    throw new EncodingError(`the file is ${unicode.toUpperCase()} text, but is damaged; save it as UTF-8 again`);
  }
  const utf8 = decodeAs("utf-8", bytes);
  // ISO-2022-JP has only ASCII bytes, with escape sequences.
  const japanese = utf8?.includes("\u001b$") ? decodeAs("iso-2022-jp", bytes) : null;
  if (japanese !== null) return { text: japanese, encoding: "iso-2022-jp" };
  if (utf8 !== null) return { text: utf8, encoding: "utf-8" };
  const thai = decodeAs("windows-874", bytes);
  if (thai !== null && isThai(thai)) return { text: thai, encoding: "windows-874" };
  if (mostlyUtf8(bytes)) {
    throw new EncodingError("the file is UTF-8 text, but has damaged characters; save it as UTF-8 again");
  }
  const [best] = guess(bytes.subarray(0, SAMPLE_BYTES))
    .flatMap(({ name, confidence }) => {
      const text = decodeAs(name, bytes);
      if (text === null) return [];
      const encoding = new TextDecoder(name).encoding;
      return [{ text, encoding, score: plausibility(bytes, encoding, text) * (1 + confidence / 100) }];
    })
    .sort((a, b) => b.score - a.score);
  if (best && best.score >= MIN_SCORE) return { text: best.text, encoding: best.encoding };
  const hint = best ? `; the best guess is ${best.encoding}` : "";
  throw new EncodingError(`the file is not UTF-8 text, and its encoding is not certain${hint}; save it as UTF-8`);
}

/** Encodings in which the text may be, the most probable one first. Windows-1255 includes ISO 8859-8. */
function guess(bytes: Uint8Array): { name: string; confidence: number }[] {
  const byteStats = Array.from({ length: 256 }, () => 0);
  for (const byte of bytes) byteStats[byte] = (byteStats[byte] ?? 0) + 1;
  const text = {
    byteStats,
    c1Bytes: byteStats.slice(0x80, 0xa0).some((count) => count > 0),
    ...{ rawInput: bytes, rawLen: bytes.length, inputBytes: bytes, inputLen: bytes.length },
  };
  const found = RECOGNISERS.flatMap((Recogniser) => new Recogniser().match(text) ?? []).map(({ name, confidence }) => ({
    name: name === "ISO-8859-8" ? "windows-1255" : name,
    confidence: RARE.has(name) ? confidence / 2 : confidence,
  }));
  const others = ALPHABETS.filter((name) => !found.some((other) => other.name === name));
  return [...found, ...others.map((name) => ({ name, confidence: 0 }))].sort((a, b) => b.confidence - a.confidence);
}

/** Whether nearly all characters outside ASCII are valid UTF-8. */
function mostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
  const damaged = text.match(/\ufffd/g)?.length ?? 0;
  const valid = text.match(/[^\0-\u007f\ufffd]/gu)?.length ?? 0;
  return valid > 3 * damaged;
}

function unicodeEncoding(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | null {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  // ASCII characters, such as digits and line ends, have a zero byte in UTF-16.
  const head = bytes.subarray(0, 1000);
  const zeros = (odd: number) => head.filter((byte, index) => index % 2 === odd && byte === 0).length / head.length;
  if (zeros(1) > 0.1 && zeros(0) < 0.02) return "utf-16le";
  return zeros(0) > 0.1 && zeros(1) < 0.02 ? "utf-16be" : null;
}

/** The text, or null if the bytes are not valid in the encoding, or are control characters. */
function decodeAs(encoding: string, bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes).replace(/^\ufeff/, "");
    return /[\u0080-\u0084\u0086-\u009f\ufffd]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
