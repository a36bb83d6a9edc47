import { CodedError } from "../api/errors.ts";
import type { ScriptRequest, SocialMetadataRequest, TermsRequest } from "../api/text-requests.ts";
import { tokenQuota, tooMuchToday } from "../auth/quota.ts";
import { ProviderUsage } from "../db/provider-usage.ts";
import type { WriteScriptRequest, WriteTermsRequest } from "../protocol/author.ts";
import { languageTag } from "../util/language-tag.ts";
import { Author, type AuthorBindings } from "./author.ts";

/** The Worker's bindings that writing a text needs. */
export interface TextBindings extends AuthorBindings {
  DB: D1Database;
}

/**
 * Writes a script about a subject.
 *
 * @throws CodedError `not_configured` without a language model; AuthorError; QuotaError.
 */
export async function writeScript(env: TextBindings, owner: string, request: ScriptRequest): Promise<string> {
  const { script } = await write(env, owner, (author) => author.writeScript(scriptQuestion(request)));
  return script;
}

/** What the author Worker is asked for a script: the same by a request for a text and by a video's. */
export function scriptQuestion(request: ScriptRequest): WriteScriptRequest {
  return {
    subject: request.video_subject,
    language: languageTag(request.video_language),
    paragraphs: request.paragraph_number,
    prompt: request.video_script_prompt,
    systemPrompt: request.custom_system_prompt,
  };
}

/** Writes search terms for footage. Throws as {@link writeScript} does. */
export async function writeTerms(env: TextBindings, owner: string, request: TermsRequest): Promise<string[]> {
  const { terms } = await write(env, owner, (author) => author.writeTerms(termsQuestion(request)));
  return terms;
}

/** What the author Worker is asked for search terms. */
export function termsQuestion(request: TermsRequest): WriteTermsRequest {
  return {
    subject: request.video_subject,
    script: request.video_script,
    amount: request.amount,
    inScriptOrder: request.match_materials_to_script,
  };
}

/** Writes a title, a caption and hashtags for a platform. Throws as {@link writeScript} does. */
export async function writeSocialMetadata(
  env: TextBindings,
  owner: string,
  request: SocialMetadataRequest,
): Promise<{ title: string; caption: string; hashtags: string[] }> {
  const { title, caption, hashtags } = await write(env, owner, (author) =>
    author.writeSocialMetadata({
      subject: request.video_subject,
      script: request.video_script,
      language: languageTag(request.language) || "auto",
      platform: request.platform,
    }),
  );
  return { title, caption, hashtags };
}

/** Asks a language model within the owner's quota, and counts the tokens. */
async function write<T extends { tokens: number }>(
  env: TextBindings,
  owner: string,
  ask: (author: Author) => Promise<T>,
): Promise<T> {
  await checkTokens(env, owner);
  const author = new Author(env);
  const { model, hints } = await author.abilities();
  if (!model) throw new CodedError("not_configured", `no language model is configured: ${hints.model}`);
  const written = await ask(author);
  await new ProviderUsage(env.DB).add(owner, { tokens: written.tokens });
  return written;
}

/** @throws QuotaError if the owner has used up the tokens of today. */
export async function checkTokens(env: TextBindings, owner: string): Promise<void> {
  const limit = tokenQuota(env);
  if (limit === null) return;
  const { tokens: used } = await new ProviderUsage(env.DB).today(owner);
  if (used >= limit) throw tooMuchToday("tokens-written", { limit, used, needed: 1 });
}
