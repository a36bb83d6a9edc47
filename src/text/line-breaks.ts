import { markRoles } from "./quotation-marks.ts";
import { segmenterFor } from "./segmenters.ts";
import { unbreakableSpans } from "./unbreakable-spans.ts";

/** Scripts written without spaces. A line may break between any two words of them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}、。，．：；！？「」『』《》〈〉【】（）〔〕・…]/u;
/** Characters that forbid a break on both sides: no-break spaces, word joiner, non-breaking hyphen. */
const GLUE = /[\u00a0\u202f\u2007\u2060\ufeff\u2011]/;
const SPACE = /[\s\u200b]/;
/** Marks that follow a word, also where a space separates them from it, as French does. */
const FOLLOWS =
  /[.,;:!?…‥%‰°′″/\\،؛؟۔٪।॥၊။។៖៕၏՝։፡።፣፤፥፦፧፨־׃་།、。，．：；！？％℃）］｝〜～ー・゛゜々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿｧ-ｯｰｰ｡｣､･ฯๆ—–―\p{M}]/u;
/** Marks that precede a word. */
const PRECEDES = /[¿¡#@&§№$€£¥₹₩₽＃＠＄￥￡]/u;
const LETTER = /[\p{L}\p{M}]/u;

/**
 * Finds the places where a line may break, as indexes of the first UTF-16 code unit of the next line. In this, spaces belong
 * to the line that they end. Lines break at spaces, after hyphens and dashes between letters, and between words of scripts without spaces.
 * They never break inside a part that {@link unbreakableSpans} lists, at a no-break space, after an opening mark or before
 * a closing one.
 *
 * @param language BCP 47 tag, or "und".
 */
export function lineBreaks(text: string, language: string): number[] {
  const roles = markRoles(text);
  const blocked = new Uint8Array(text.length + 1);
  for (const { start, end } of unbreakableSpans(text, language)) blocked.fill(1, start + 1, end);
  const mayBreak = (index: number): boolean => {
    const next = characterAt(text, index);
    if (blocked[index] || SPACE.test(next) || GLUE.test(next)) return false;
    let last = index;
    while (last > 0 && SPACE.test(text.charAt(last - 1))) {
      if (GLUE.test(text.charAt(last - 1))) return false;
      last--;
    }
    const previous = characterBefore(text, last);
    if (last === 0 || GLUE.test(previous)) return false;
    if (roles.get(index) === "closes" || roles.get(last - previous.length) === "opens") return false;
    const spaced = last < index;
    // A mark that a word follows without a space, such as the dot of ".NET", begins that word.
    const begins = spaced && /^(?:\.+|[^\p{M}—–―])[\p{L}\p{N}]/u.test(text.slice(index, index + 10));
    if (FOLLOWS.test(next) && roles.get(index) !== "opens" && !begins) return false;
    if (spaced) return true;
    if (PRECEDES.test(previous)) return false;
    const beforePrevious = characterBefore(text, last - previous.length);
    if (/[-‐־—–―]/u.test(previous)) return LETTER.test(beforePrevious) && LETTER.test(next);
    if (!(UNSPACED.test(previous) || UNSPACED.test(next) || previous === "་")) return false;
    // A number and its counter, or its ordinal prefix, belong together.
    return !(/\p{Nd}/u.test(previous) && UNSPACED.test(next)) && !(previous === "第" && /\p{N}/u.test(next));
  };
  const breaks: number[] = [];
  for (const { index } of segmenterFor(language, "word").segment(text)) {
    if (index > 0 && mayBreak(index)) breaks.push(index);
  }
  return breaks;
}

function characterAt(text: string, index: number): string {
  const codePoint = text.codePointAt(index);
  return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
}

function characterBefore(text: string, index: number): string {
  const unit = text.charAt(index - 1);
  return /[\udc00-\udfff]/.test(unit) && index > 1 ? text.slice(index - 2, index) : unit;
}
