import { WorkerEntrypoint } from "cloudflare:workers";
import type {
  AuthorAbilities,
  AuthorReply,
  AuthorService,
  ChooseVoiceRequest,
  ChosenVoice,
  FoundFootage,
  MadePicture,
  MakePictureRequest,
  SearchFootageRequest,
  SpeakRequest,
  Speech,
  TranscribeRequest,
  Transcription,
  Voice,
  WriteScriptRequest,
  WriteSocialMetadataRequest,
  WriteTermsRequest,
  WrittenScript,
  WrittenSocialMetadata,
  WrittenTerms,
} from "../../src/protocol/author.ts";
import { abilities } from "./abilities.ts";
import type { Bindings } from "./bindings.ts";
import { searchFootage } from "./footage/search.ts";
import { makePicture } from "./pictures/make.ts";
import { reply } from "./reply.ts";
import { speak } from "./speech/speak.ts";
import { transcribe } from "./transcription/transcribe.ts";
import { sampleSentence } from "./voices/sample-sentences.ts";
import { chooseFromProviders, voicesOfProviders } from "./voices/voices.ts";
import { ask } from "./writing/ask.ts";
import { scriptQuestion } from "./writing/write-script.ts";
import { socialQuestion } from "./writing/write-social-metadata.ts";
import { termsQuestion } from "./writing/write-terms.ts";

/** Language models, voices, footage and pictures, called through a service binding (Workers RPC). */
export class Author extends WorkerEntrypoint<Bindings> implements AuthorService {
  abilities(): Promise<AuthorAbilities> {
    return abilities(this.env);
  }

  writeScript(request: WriteScriptRequest): Promise<AuthorReply<WrittenScript>> {
    return reply("model", this.env, async (context) => {
      const { value, warnings } = await ask(scriptQuestion(request), context);
      return { value: { script: value.value, model: value.model, tokens: value.tokens }, warnings };
    });
  }

  writeTerms(request: WriteTermsRequest): Promise<AuthorReply<WrittenTerms>> {
    return reply("model", this.env, async (context) => {
      const { value, warnings } = await ask(termsQuestion(request), context);
      return { value: { terms: value.value, model: value.model, tokens: value.tokens }, warnings };
    });
  }

  writeSocialMetadata(request: WriteSocialMetadataRequest): Promise<AuthorReply<WrittenSocialMetadata>> {
    return reply("model", this.env, async (context) => {
      const { value, warnings } = await ask(socialQuestion(request), context);
      return { value: { ...value.value, model: value.model, tokens: value.tokens }, warnings };
    });
  }

  voices(): Promise<AuthorReply<Voice[]>> {
    return reply("voice", this.env, voicesOfProviders);
  }

  chooseVoice(request: ChooseVoiceRequest): Promise<AuthorReply<ChosenVoice>> {
    return reply("voice", this.env, (context) => chooseFromProviders(request, context));
  }

  sampleSentence(language: string): Promise<AuthorReply<string>> {
    return reply("voice", this.env, async () => ({ value: sampleSentence(language), warnings: [] }));
  }

  speak(request: SpeakRequest): Promise<AuthorReply<Speech>> {
    return reply("voice", this.env, (context) => speak(request, context));
  }

  transcribe(request: TranscribeRequest): Promise<AuthorReply<Transcription>> {
    return reply("voice", this.env, (context) => transcribe(request, context));
  }

  searchFootage(request: SearchFootageRequest): Promise<AuthorReply<FoundFootage>> {
    return reply("footage", this.env, (context) => searchFootage(request, context));
  }

  makePicture(request: MakePictureRequest): Promise<AuthorReply<MadePicture>> {
    return reply("picture", this.env, (context) => makePicture(request, context));
  }
}

export default {
  /** This Worker has no HTTP interface. The API Worker calls its entrypoint. */
  fetch: () => new Response("Not found", { status: 404 }),
} satisfies ExportedHandler;
