import type { Context } from "../calls/provider-call.ts";
import { azure } from "./azure.ts";
import { elevenLabs } from "./elevenlabs.ts";
import { embedded } from "./embedded.ts";
import { kokoro } from "./kokoro.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import type { SpeechProvider, SpeechProviderFactory } from "./provider.ts";
import { workersAi } from "./workers-ai.ts";

/**
 * All speech providers in order of preference, as docs/providers.md lists them: first those with word times, last the
 * one that needs no setting.
 */
const factories: readonly SpeechProviderFactory[] = [kokoro, elevenLabs, azure, openAiCompatible, workersAi, embedded];

/** The speech providers that have their settings, in order of preference. */
export function speechProviders(context: Context): SpeechProvider[] {
  return factories.flatMap((factory) => factory(context) ?? []);
}

export const SPEECH_HINT =
  "Set KOKORO_URL, ELEVENLABS_API_KEY, AZURE_SPEECH_KEY with AZURE_SPEECH_REGION, or SPEECH_URL or SPEECH_API_KEY to get " +
  "voices. npm run dev has an embedded English voice, and a deployed service has the voices of Workers AI.";
