/** A part of a script: a text to speak and show, or a pause in seconds. */
export type ScriptPart = { kind: "text"; text: string } | { kind: "pause"; seconds: number };

/** The shortest and the longest pause, in seconds. Other lengths are moved to these, as MoneyPrinterTurbo does. */
const MIN_PAUSE = 0.1;
const MAX_PAUSE = 10;
/** The length of a pause that gives none, in seconds. */
const DEFAULT_PAUSE = 1;

/** A short text in brackets. */
const TAG = /[[(]([^[\]()]{1,60})[\])]/gu;
/** The words for a pause that MoneyPrinterTurbo knows, and the rest of the tag. "[paused]" is not a pause. */
const PAUSE =
  /^\s*(?:pause|pausa|silence|silencio|silêncio|silenzio|stille|пауза|тишина|停顿|暂停|静音|ポーズ|一時停止|無音|일시중지|정지)(?![\p{L}\p{M}_])\s*[:：]?\s*(.*?)\s*$/isu;
const LENGTH = /^\+?(\d+(?:\.\d+)?)\s*(s|secs?|seconds?|秒|ms|msecs?|毫秒)?$/iu;

/**
 * Splits a script at its pause tags, such as `[pause: 2s]`, `[pause:500ms]` and `(pause)`. A pause is 0.1 to 10 s long,
 * and pauses that follow each other become one. A tag whose length is not a positive time is removed without a pause,
 * because nobody wants to hear it. Any other text in brackets stays text.
 *
 * @returns the parts in order. Texts are trimmed and never empty.
 */
export function splitAtPauses(script: string): ScriptPart[] {
  const parts: ScriptPart[] = [];
  let from = 0;
  const addText = (to: number) => {
    const text = script.slice(from, to).trim();
    const last = parts.at(-1);
    if (text === "") return;
    // After a removed tag.
    if (last?.kind === "text") last.text += ` ${text}`;
    else parts.push({ kind: "text", text });
  };
  for (const match of script.matchAll(TAG)) {
    const seconds = pauseOf(match[1] ?? "");
    if (seconds === null) continue;
    addText(match.index);
    from = match.index + match[0].length;
    if (seconds <= 0) continue;
    const last = parts.at(-1);
    if (last?.kind === "pause") last.seconds = Math.min(MAX_PAUSE, last.seconds + seconds);
    else parts.push({ kind: "pause", seconds });
  }
  addText(script.length);
  return parts;
}

/** The script as it is shown: without pause tags. Line breaks stay. */
export function withoutPauses(script: string): string {
  return script
    .replaceAll(TAG, (tag, inside: string) => (pauseOf(inside) === null ? tag : " "))
    .replaceAll(/[ \t]{2,}/g, " ")
    .replaceAll(/ ?\n ?/g, "\n")
    .trim();
}

/** The seconds of a tag; 0 if its length is not a positive time, and null if it is no pause tag. */
function pauseOf(inside: string): number | null {
  const length = PAUSE.exec(inside)?.[1];
  if (length === undefined) return null;
  if (length === "") return DEFAULT_PAUSE;
  const [, number, unit = "s"] = LENGTH.exec(length) ?? [];
  const seconds = Number(number ?? 0) / (/^m|毫/iu.test(unit) ? 1000 : 1);
  return seconds > 0 ? Math.min(MAX_PAUSE, Math.max(MIN_PAUSE, seconds)) : 0;
}
