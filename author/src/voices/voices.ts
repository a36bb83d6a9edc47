import type { ChooseVoiceRequest, ChosenVoice, Voice } from "../../../src/protocol/author.ts";
import type { Attempted } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { unavailable } from "../calls/provider-error.ts";
import type { Settings } from "../settings.ts";
import { SPEECH_HINT, speechProviders } from "../speech/registry.ts";
import { chooseVoice, withoutExtras } from "./choose-voice.ts";
import { listVoices } from "./list-voices.ts";

/** The voices of all providers. Fails only if no provider lists voices. */
export async function voicesOfProviders(context: Context): Promise<Attempted<Voice[]>> {
  const { voices, failures } = await listVoices(speechProviders(context), context);
  if (voices.length === 0) throw failures[0] ?? unavailable("voice", `There are no voices. ${SPEECH_HINT}`);
  return { value: voices.map(withoutExtras), warnings: failures.map(({ message }) => message) };
}

/** Chooses the voice of a task. */
export async function chooseFromProviders(
  { without, ...wish }: ChooseVoiceRequest,
  context: Context,
): Promise<Attempted<ChosenVoice>> {
  const providers = speechProviders(context).filter(({ name }) => !without.includes(name));
  if (providers.length === 0) throw unavailable("voice", `There are no voices. ${SPEECH_HINT}`);
  const { voices, listed, failures } = await listVoices(providers, context);
  const choice = chooseVoice(wish, {
    voices,
    providers: providers.map(({ name }) => name),
    unlisted: (name, id) =>
      providers.find((provider) => provider.name === name)?.unlisted(id, listed.includes(name)) ?? null,
    serverOf: (vendor) =>
      isServerOf(vendor, context.settings) && providers.some(({ name }) => name === "openai") ? "openai" : null,
  });
  if ("missing" in choice) {
    // A provider whose list could not be read may have the voice.
    const retryable = failures.find((failure) => failure.retryable);
    throw retryable ?? unavailable("voice", [choice.missing, ...failures.map(({ message }) => message)].join(" "));
  }
  const warnings = failures.map(({ message }) => message);
  return { value: { voice: withoutExtras(choice.voice), substitution: choice.substitution }, warnings };
}

/** Whether SPEECH_URL is the vendor's own server, or serves its model. */
function isServerOf(vendor: string, { SPEECH_URL, SPEECH_MODEL }: Settings): boolean {
  const word = vendor.split("_")[0] ?? vendor;
  const host = SPEECH_URL === undefined ? "" : new URL(SPEECH_URL).hostname;
  return `${host} ${SPEECH_MODEL}`.toLowerCase().includes(word);
}
