import { hasBearer, openAiRefusal } from "./bearer.ts";
import { type FakeVendor, field } from "./vendor.ts";

/** What the fake hears in every file, and where each word begins and ends, as shares of the file's length. */
export const HEARD = [
  { word: "Hello,", start: 0.1, end: 0.2 },
  { word: "smal", start: 0.5, end: 0.6 },
  { word: "world", start: 0.7, end: 0.9 },
] as const;

/**
 * Transcription with OpenAI's protocol. Its base is `{origin}/transcription/v1`. Odd answers: `no_words` has a text
 * without times, `segments` has words within segments, `odd_words` has words whose times are impossible or missing,
 * `silence` has nothing.
 */
export const transcription: FakeVendor = {
  name: "transcription",
  key: "sk-fake-transcription-77c1e2d94ab0463e",
  isAuthorized: (request) => hasBearer(request, transcription.key),
  refusal: openAiRefusal,
  isPaid: () => true,
  answer({ method, path, body }, odd) {
    if (method !== "POST" || path !== "/v1/audio/transcriptions") return null;
    const seconds = Number(field(field(body, "file"), "seconds"));
    if (field(body, "response_format") !== "verbose_json" || !(seconds > 0)) {
      return { status: 400, body: openAiRefusal(400, "a WAV file and response_format verbose_json are needed") };
    }
    const heard = HEARD.map(({ word, start, end }) => ({ word, start: start * seconds, end: end * seconds }));
    const text = heard.map(({ word }) => word).join(" ");
    const common = { task: "transcribe", language: "english", duration: seconds };
    const words =
      odd === "odd_words"
        ? [
            { word: "42", start: null, end: null },
            { word: "a", start: -1, end: 0 },
            { word: " ", start: 0, end: 1 },
            ...heard.toReversed(),
          ]
        : heard;
    switch (odd) {
      case "no_words":
        return { status: 200, body: { ...common, text } };
      case "segments":
        return { status: 200, body: { ...common, text, segments: [{ id: 0, start: 0, end: seconds, text, words }] } };
      case "silence":
        return { status: 200, body: { ...common, text: "", words: [], segments: [] } };
      default:
        return { status: 200, body: { ...common, text, words } };
    }
  },
};
