/** How long a text takes to say, in seconds: an estimate for the reader, by words and by characters of CJK scripts. */
export function spokenSeconds(text: string): number {
  const spoken = text.replace(/\[[^\]]*\]/g, " ");
  const ideographs = spoken.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  const words =
    spoken.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.filter((word) => !/\p{Script=Han}/u.test(word)).length ?? 0;
  return ideographs / 4.2 + words / 2.7;
}
