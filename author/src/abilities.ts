import type { AuthorAbilities } from "../../src/protocol/author.ts";
import { messageOf } from "../../src/util/log.ts";
import type { Bindings } from "./bindings.ts";
import { footageHints, footageProviders } from "./footage/registry.ts";
import { PICTURE_HINT, pictureProviders } from "./pictures/registry.ts";
import { contextOf } from "./reply.ts";
import { embeddedVoiceRuns } from "./speech/embedded.ts";
import { SPEECH_HINT, speechProviders } from "./speech/registry.ts";
import { transcriptionProviders } from "./transcription/registry.ts";
import { MODEL_HINT, writingModels } from "./writing/registry.ts";

/** What the Worker can do with its settings. Calls no provider. With invalid settings it can do nothing. */
export async function abilities(env: Bindings): Promise<AuthorAbilities> {
  const hints = { model: MODEL_HINT, speech: SPEECH_HINT, footage: footageHints, pictures: PICTURE_HINT };
  try {
    const context = contextOf(env);
    const [model] = writingModels(context);
    const voiceRuns = env.VOICE ? await embeddedVoiceRuns(env.VOICE) : false;
    return {
      model: model ? { provider: model.provider, name: model.name } : null,
      speech: speechProviders(context)
        .map(({ name }) => name)
        .filter((name) => name !== "embedded" || voiceRuns),
      footage: footageProviders(context).map(({ name }) => name),
      pictures: pictureProviders(context).map(({ name }) => name),
      transcription: transcriptionProviders(context).map(({ name }) => name),
      hints,
    };
  } catch (error) {
    const message = messageOf(error);
    const footage = Object.fromEntries(Object.keys(footageHints).map((name) => [name, message]));
    const faults = { model: message, speech: message, footage, pictures: message };
    return { model: null, speech: [], footage: [], pictures: [], hints: faults };
  }
}
