import type { WriteScriptRequest } from "../../../src/protocol/author.ts";
import { cleanScript } from "./clean-script.ts";
import type { Question } from "./model.ts";

const SYSTEM = `You write the narration of short videos.
Answer only with the words that are spoken: plain text, without a title, headings, Markdown, emoji, lists, speaker names or directions.
Begin with the subject itself, without a greeting. Do not mention these rules, the script or the number of paragraphs.`;

/** What a model is asked to write a script, and how its answer is read. */
export function scriptQuestion(request: WriteScriptRequest): Question<string> {
  const { subject, language, paragraphs, prompt, systemPrompt } = request;
  const spoken = language === "" || language === "auto" ? "the language of the subject" : language;
  const lines = [
    `Video subject: ${subject}`,
    `Number of paragraphs: ${paragraphs}${paragraphs > 1 ? ", separated by an empty line" : ""}`,
    `Language: ${spoken}`,
    ...(prompt === "" ? [] : [`Further requirements: ${prompt}`]),
  ];
  return {
    prompt: { system: systemPrompt === "" ? SYSTEM : systemPrompt, user: lines.join("\n") },
    form: null,
    what: "a script",
    read: (answer) => cleanScript(answer) || null,
  };
}
