import { z } from "zod";
import { CodedError } from "../api/errors.ts";
import {
  type AuthorAbilities,
  type AuthorFailure,
  type AuthorReply,
  type AuthorService,
  authorAbilitiesSchema,
  authorReplySchema,
  type ChooseVoiceRequest,
  type ChosenVoice,
  chosenVoiceSchema,
  type FoundFootage,
  foundFootageSchema,
  type MadePicture,
  type MakePictureRequest,
  madePictureSchema,
  type SearchFootageRequest,
  type SpeakRequest,
  type Speech,
  speechSchema,
  type TranscribeRequest,
  type Transcription,
  transcriptionSchema,
  type Voice,
  voiceSchema,
  type WriteScriptRequest,
  type WriteSocialMetadataRequest,
  type WriteTermsRequest,
  type WrittenScript,
  type WrittenSocialMetadata,
  type WrittenTerms,
  writtenScriptSchema,
  writtenSocialMetadataSchema,
  writtenTermsSchema,
} from "../protocol/author.ts";
import { messageOf } from "../util/log.ts";
import { withTimeout } from "../util/timeout.ts";
import { isWorkerNotRunning } from "../util/worker-not-running.ts";

/** The Worker's binding that leads to the author Worker. */
export interface AuthorBindings {
  AUTHOR?: AuthorService;
}

/** The author Worker reports that it could not do something. */
export class AuthorError extends CodedError {
  override name = "AuthorError";

  constructor({ code, message, retryable, retryAfterSeconds }: AuthorFailure) {
    super(code, message, { retryable, rerun: retryable ? "soon" : "never", retryAfterSeconds });
  }
}

/** Max milliseconds for a call that asks a provider. The author Worker itself gives up earlier. */
const PROVIDER_TIMEOUT_MS = 300_000;
/** Max milliseconds for a call that only reads settings. */
const SETTINGS_TIMEOUT_MS = 30_000;

const START_AUTHOR =
  "the author Worker is not running, so nothing can be written, spoken or searched: start everything with `npm run dev`, or deploy it with `npm run deploy`";

/**
 * Asks the author Worker, and parses what it answers.
 *
 * Every method throws an AuthorError if the author Worker reports a failure, or a CodedError `author_unavailable` if it
 * does not answer.
 */
export class Author {
  /** What the calls so far told, for example which provider failed before another one did it. */
  readonly warnings: string[] = [];
  readonly #service: AuthorService | undefined;

  constructor({ AUTHOR }: AuthorBindings) {
    this.#service = AUTHOR;
  }

  /** What can be authored with the settings there are. */
  async abilities(): Promise<AuthorAbilities> {
    return authorAbilitiesSchema.parse(await this.#call((author) => author.abilities(), SETTINGS_TIMEOUT_MS));
  }

  async writeScript(request: WriteScriptRequest): Promise<WrittenScript> {
    return this.#ask(writtenScriptSchema, (author) => author.writeScript(request));
  }

  async writeTerms(request: WriteTermsRequest): Promise<WrittenTerms> {
    return this.#ask(writtenTermsSchema, (author) => author.writeTerms(request));
  }

  async writeSocialMetadata(request: WriteSocialMetadataRequest): Promise<WrittenSocialMetadata> {
    return this.#ask(writtenSocialMetadataSchema, (author) => author.writeSocialMetadata(request));
  }

  async voices(): Promise<Voice[]> {
    return this.#ask(z.array(voiceSchema), (author) => author.voices());
  }

  async chooseVoice(request: ChooseVoiceRequest): Promise<ChosenVoice> {
    return this.#ask(chosenVoiceSchema, (author) => author.chooseVoice(request));
  }

  async sampleSentence(language: string): Promise<string> {
    return this.#ask(z.string(), (author) => author.sampleSentence(language));
  }

  async speak(request: SpeakRequest): Promise<Speech> {
    return this.#ask(speechSchema, (author) => author.speak(request));
  }

  async transcribe(request: TranscribeRequest): Promise<Transcription> {
    return this.#ask(transcriptionSchema, (author) => author.transcribe(request));
  }

  async searchFootage(request: SearchFootageRequest): Promise<FoundFootage> {
    return this.#ask(foundFootageSchema, (author) => author.searchFootage(request));
  }

  async makePicture(request: MakePictureRequest): Promise<MadePicture> {
    return this.#ask(madePictureSchema, (author) => author.makePicture(request));
  }

  async #ask<T>(schema: z.ZodType<T>, call: (author: AuthorService) => Promise<AuthorReply<T>>): Promise<T> {
    const reply = authorReplySchema(schema).parse(await this.#call(call, PROVIDER_TIMEOUT_MS)) as AuthorReply<T>;
    if (reply.status === "failed") throw new AuthorError(reply.failure);
    this.warnings.push(...reply.warnings);
    return reply.value;
  }

  async #call<T>(call: (author: AuthorService) => Promise<T>, milliseconds: number): Promise<T> {
    const author = this.#service;
    if (!author) throw new CodedError("author_unavailable", START_AUTHOR, { retryable: false, rerun: "never" });
    try {
      return await withTimeout(call(author), milliseconds);
    } catch (error) {
      const message = `the author Worker did not answer: ${messageOf(error)}`;
      const shown = isWorkerNotRunning(error) ? START_AUTHOR : message;
      throw new CodedError("author_unavailable", shown, { cause: error });
    }
  }
}
