import type { VideoRequest } from "../../api/video-request.ts";
import { characterQuota, tooMuchToday } from "../../auth/quota.ts";
import { checkTokens, type TextBindings } from "../../authoring/write-texts.ts";
import { ProviderUsage } from "../../db/provider-usage.ts";
import type { Authoring } from "../../protocol/authoring.ts";

/**
 * Checks that the owner may still use language models and voices today, as far as a request needs them.
 *
 * @throws QuotaError
 */
export async function checkProviderQuotas(
  env: TextBindings,
  owner: string,
  { video_script }: VideoRequest,
  { writeScript, writeTerms, narration }: Authoring,
): Promise<void> {
  if (writeScript || writeTerms) await checkTokens(env, owner);
  const limit = characterQuota(env);
  if (narration !== "voice" || limit === null) return;
  const { characters: used } = await new ProviderUsage(env.DB).today(owner);
  const needed = Math.max(1, video_script.length);
  if (used + needed > limit) throw tooMuchToday("characters-spoken", { limit, used, needed });
}
