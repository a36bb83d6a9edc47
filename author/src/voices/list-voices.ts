import { BoundedMap } from "../../../src/util/bounded-map.ts";
import { sha256Hex } from "../../../src/util/sha256.ts";
import type { Context } from "../calls/provider-call.ts";
import { ProviderError } from "../calls/provider-error.ts";
import type { KnownVoice } from "../speech/known-voice.ts";
import type { SpeechProvider } from "../speech/provider.ts";

/** How long a provider's list of voices is kept in memory, in milliseconds. */
const LIST_LIFE = 3_600_000;
/** The lists that this isolate has read. The keys contain the settings, because another key may have other voices. */
const lists = new BoundedMap<{ voices: KnownVoice[]; until: number }>(50);

/** The voices of all providers that could be asked, and the failures of the others. */
export interface VoiceLists {
  voices: KnownVoice[];
  /** Names of the providers whose list could be read. */
  listed: string[];
  failures: ProviderError[];
}

/** Lists the voices of providers, which are asked at the same time. Lists are cached for an hour. */
export async function listVoices(providers: readonly SpeechProvider[], { settings }: Context): Promise<VoiceLists> {
  const scope = await sha256Hex(JSON.stringify(settings));
  const results = await Promise.all(
    providers.map(async (provider) => {
      try {
        return { provider, voices: await listOf(provider, `${scope}:${provider.name}`) };
      } catch (error) {
        if (error instanceof ProviderError) return { provider, error };
        throw error;
      }
    }),
  );
  return {
    voices: results.flatMap(({ voices = [] }) => voices),
    listed: results.flatMap(({ provider, voices }) => (voices ? [provider.name] : [])),
    failures: results.flatMap(({ error }) => error ?? []),
  };
}

async function listOf(provider: SpeechProvider, key: string): Promise<KnownVoice[]> {
  const now = Date.now();
  const kept = lists.get(key);
  if (kept && now < kept.until) return kept.voices;
  const voices = await provider.voices();
  lists.set(key, { voices, until: now + LIST_LIFE });
  return voices;
}
