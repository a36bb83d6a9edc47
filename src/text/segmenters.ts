import { BoundedMap } from "../util/bounded-map.ts";

/** Making a segmenter takes longer than using it. */
const segmenters = new BoundedMap<Intl.Segmenter>(100);

/** The segmenter for a language (BCP 47 tag, or "und") and for graphemes, words or sentences. */
export function segmenterFor(language: string, granularity: "grapheme" | "word" | "sentence"): Intl.Segmenter {
  const key = `${granularity} ${language}`;
  const known = segmenters.get(key);
  if (known) return known;
  const made = new Intl.Segmenter(language, { granularity });
  segmenters.set(key, made);
  return made;
}
