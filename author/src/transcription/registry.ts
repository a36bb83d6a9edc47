import type { Context } from "../calls/provider-call.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import type { TranscriptionProvider, TranscriptionProviderFactory } from "./provider.ts";
import { workersAi } from "./workers-ai.ts";

/** All providers of transcriptions in order of preference, as docs/providers.md lists them. */
const factories: readonly TranscriptionProviderFactory[] = [openAiCompatible, workersAi];

/** The providers of transcriptions that have their settings, in order of preference. */
export function transcriptionProviders(context: Context): TranscriptionProvider[] {
  return factories.flatMap((factory) => factory(context) ?? []);
}
