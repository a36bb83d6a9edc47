import { fakeSpeech } from "./audio.ts";
import { type FakeVendor, field, textField } from "./vendor.ts";

/** Kokoro-FastAPI. It has no keys. */
export const kokoro: FakeVendor = {
  name: "kokoro",
  key: "",
  isAuthorized: () => true,
  refusal: (status, message) => ({ detail: { error: `error_${status}`, message, type: "invalid_request_error" } }),
  isPaid: ({ method }) => method === "POST",
  answer({ method, path, body }, odd) {
    if (method === "GET" && path === "/v1/audio/voices") {
      const voices = ["af_heart", "af_bella", "am_adam", "bf_emma", "bm_george", "ef_dora", "zf_xiaobei", "zm_yunxi"];
      return { status: 200, body: { voices: odd === "empty" ? [] : voices } };
    }
    if (method !== "POST" || path !== "/dev/captioned_speech") return null;
    const { wav, words } = fakeSpeech(textField(body, "input"), Number(field(body, "speed") ?? 1));
    const timestamps = words.flatMap(({ text, start, end }) => {
      const [, word = text, mark = ""] = /^(.*?)([.,!?;:]*)$/.exec(text) ?? [];
      const token = { word, start_time: start, end_time: end };
      // Kokoro lists punctuation as words of its own, sometimes without times.
      return mark === "" ? [token] : [token, { word: mark, start_time: null, end_time: null }];
    });
    return {
      status: 200,
      body: {
        audio: odd === "empty" ? "" : Buffer.from(wav).toString("base64"),
        audio_format: "audio/wav",
        timestamps: odd === "no_times" ? null : timestamps,
      },
    };
  },
};
