import { fakeSpeech } from "./audio.ts";
import { type FakeVendor, field, textField } from "./vendor.ts";

/** ElevenLabs. */
export const elevenLabs: FakeVendor = {
  name: "elevenlabs",
  key: "sk_fake_eleven_3d8f0b6a72c94e15",
  isAuthorized: ({ headers }) => headers["xi-api-key"] === elevenLabs.key,
  refusal: (status, message) => ({ detail: { status: status === 401 ? "invalid_api_key" : "error", message } }),
  isPaid: ({ method }) => method === "POST",
  answer({ method, path, body }, odd) {
    if (method === "GET" && path === "/v1/voices") {
      const voices = [
        { voice_id: "21m00Tcm4TlvDq8ikWAM", name: "Rachel", labels: { gender: "female", accent: "american" } },
        { voice_id: "pNInz6obpgDQGcFmaJgB", name: "Adam", labels: { gender: "male", language: "en" } },
      ];
      return { status: 200, body: { voices: odd === "empty" ? [] : voices } };
    }
    if (method !== "POST" || !/^\/v1\/text-to-speech\/\w+\/with-timestamps$/.test(path)) return null;
    const text = textField(body, "text");
    const speed = Number(field(field(body, "voice_settings"), "speed") ?? 1);
    const { wav, words } = fakeSpeech(text, speed);
    const characters = [...text];
    const alignment = { characters, ...characterTimes(characters, words) };
    return {
      status: 200,
      body: {
        audio_base64: odd === "empty" ? "" : Buffer.from(wav).toString("base64"),
        alignment: odd === "no_times" ? null : alignment,
        normalized_alignment: alignment,
      },
    };
  },
};

/** Spreads the time of each word over its characters. A space lasts until the next word. */
function characterTimes(characters: readonly string[], words: readonly { text: string; start: number; end: number }[]) {
  const starts: number[] = [];
  const ends: number[] = [];
  let word = -1;
  let inWord = 0;
  for (const [index, character] of characters.entries()) {
    if (/\s/.test(character)) {
      starts.push(words[word]?.end ?? 0);
      ends.push(words[word + 1]?.start ?? words[word]?.end ?? 0);
      continue;
    }
    if (index === 0 || /\s/.test(characters[index - 1] ?? "")) {
      word++;
      inWord = 0;
    }
    const { text = "", start = 0, end = 0 } = words[word] ?? {};
    const each = (end - start) / [...text].length;
    starts.push(start + each * inWord);
    ends.push(start + each * ++inWord);
  }
  return { character_start_times_seconds: starts, character_end_times_seconds: ends };
}
