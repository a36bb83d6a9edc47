import { fakeSpeech } from "./audio.ts";
import { hasBearer, openAiRefusal } from "./bearer.ts";
import { type FakeVendor, field, textField } from "./vendor.ts";

/** Speech with OpenAI's protocol. Its base is `{origin}/speech/v1`. */
export const speech: FakeVendor = {
  name: "speech",
  key: "sk-fake-speech-1b5d70a94ce24f38",
  isAuthorized: (request) => hasBearer(request, speech.key),
  refusal: openAiRefusal,
  isPaid: () => true,
  answer({ method, path, body }, odd) {
    if (method !== "POST" || path !== "/v1/audio/speech") return null;
    if (odd === "no_wav" && field(body, "response_format") === "wav") {
      return { status: 400, body: openAiRefusal(400, "response_format must be mp3") };
    }
    const { wav } = fakeSpeech(textField(body, "input"), Number(field(body, "speed") ?? 1));
    return { status: 200, body: odd === "empty" ? new Uint8Array() : wav, mediaType: "audio/wav" };
  },
};
