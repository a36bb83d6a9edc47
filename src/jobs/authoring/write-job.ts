import type { Warning } from "../../api/authored.ts";
import { CodedError } from "../../api/errors.ts";
import { Author } from "../../authoring/author.ts";
import { authoredKey, outlineJobs } from "../../authoring/outline-jobs.ts";
import { scriptSentences } from "../../authoring/script-sentences.ts";
import { scriptQuestion, termsQuestion } from "../../authoring/write-texts.ts";
import { writtenScriptSchema, writtenTermsSchema } from "../../protocol/author.ts";
import type { Authoring, Outline } from "../../protocol/authoring.ts";
import { PartError } from "../../tasks/retry.ts";
import type { PlanInput } from "../../tasks/task-calls.ts";
import type { Run } from "../run.ts";
import { countUsage } from "./count-usage.ts";
import { storedOnce } from "./stored-once.ts";

/** How many search terms a model writes if the footage does not follow the script. */
const TERMS = 5;
/** Max search terms if it does: one per sentence. */
const MAX_TERMS = 50;

/**
 * Writes the script and the search terms that a request leaves out, chooses the voice, and tells the TaskObject which
 * jobs follow.
 *
 * @throws AuthorError; CodedError `author_unavailable`.
 */
export async function runWriteJob({ env, taskId, ticket, task }: Omit<Run, "work">): Promise<void> {
  const input = await task.planInput();
  if (!input?.authoring) return;
  const outline = await writeOutline({ env, taskId }, input, input.authoring);
  const { authored, jobs } = await outlineJobs(taskId, input.request, input.authoring, outline, input.attempts);
  await task.outlined(authored, jobs, ticket);
}

async function writeOutline(
  { env, taskId }: Pick<Run, "env" | "taskId">,
  { owner, avoidedVoices, request }: PlanInput,
  authoring: Authoring,
): Promise<Outline> {
  const author = new Author(env);
  const counted = async <T extends { tokens: number }>(written: T): Promise<T> => {
    await countUsage(env, owner, { tokens: written.tokens });
    return written;
  };
  const { video_language: language } = request;
  let script = request.video_script;
  if (authoring.writeScript) {
    const asked = scriptQuestion(request);
    const key = await authoredKey(taskId, "script", asked);
    const write = async () => counted(await author.writeScript(asked));
    ({ script } = await storedOnce(env.MEDIA, key, writtenScriptSchema, write));
  }
  let terms = request.video_terms;
  if (authoring.writeTerms) {
    const { sentences } = scriptSentences(script, language);
    const amount = request.match_materials_to_script ? Math.min(MAX_TERMS, Math.max(1, sentences.length)) : TERMS;
    const asked = termsQuestion({ ...request, video_script: script, amount });
    const key = await authoredKey(taskId, "terms", asked);
    const write = async () =>
      counted(
        await author.writeTerms(asked).catch((error: unknown) => {
          throw error instanceof CodedError ? new PartError("terms", error) : error;
        }),
      );
    ({ terms } = await storedOnce(env.MEDIA, key, writtenTermsSchema, write));
  }
  const voice =
    authoring.narration === "voice" && authoring.stopAt !== "script" && authoring.stopAt !== "terms"
      ? await author.chooseVoice({ name: request.voice_name, language, text: script, without: avoidedVoices })
      : null;
  const warnings: Warning[] = author.warnings.map((message) => ({ code: "provider_replaced", message }));
  if (voice?.substitution) warnings.push({ code: "voice_replaced", message: voice.substitution });
  return { script, terms, voice, warnings };
}
