import { z } from "zod";
import type { SpokenWord } from "../../../src/protocol/author.ts";
import { ProviderError } from "../calls/provider-error.ts";

/** More words than anybody says in a part of a narration. */
const MAX_WORDS = 20_000;

const wordSchema = z.object({ word: z.string(), start: z.number(), end: z.number() });

/** The forms in which servers answer words: beside the text, or within segments. */
export const transcriptSchema = z
  .object({
    text: z.string().optional(),
    words: z.array(z.unknown()).nullish(),
    segments: z.array(z.object({ text: z.string().optional(), words: z.array(z.unknown()).nullish() })).nullish(),
  })
  .refine(({ text, words, segments }) => text !== undefined || words || segments);

/**
 * The words of a transcript in the order of time. Those without text or with impossible times are left out: some servers
 * give no times to numbers.
 *
 * @throws ProviderError if there are words but no times of them.
 */
export function heardWords(
  { text, words, segments }: z.infer<typeof transcriptSchema>,
  provider: string,
): SpokenWord[] {
  const listed = words?.length ? words : (segments ?? []).flatMap((segment) => segment.words ?? []);
  const heard = listed.flatMap((each): SpokenWord[] => {
    const { data } = wordSchema.safeParse(each);
    const spoken = data?.word.trim() ?? "";
    if (!data || spoken === "" || data.start < 0 || data.end < data.start) return [];
    return [{ text: spoken.slice(0, 200), start: data.start, end: data.end }];
  });
  const said = [text ?? "", ...(segments ?? []).map((segment) => segment.text ?? "")].join("").trim();
  if (heard.length === 0 && said !== "") {
    throw new ProviderError("provider_failed", `${provider} gave no times of words`, { retryable: false });
  }
  return heard.sort((a, b) => a.start - b.start).slice(0, MAX_WORDS);
}
