/**
 * The Worker behind the AUTHOR binding in the worker tests. The end-to-end tests run the real one with servers that
 * speak the providers' formats. This one answers at once, and the text of a request sets its answer: "refuse", "limit"
 * and "away" in a text are failures; with "once" in it too, only the first time.
 *
 * Speech is a WAV file at 8 kHz: silence of 50 ms per character.
 */
export const standInAuthor = {
  name: "edgereel-author",
  compatibilityDate: "2026-11-01",
  modules: [
    {
      type: "ESModule" as const,
      path: "stand-in-author.mjs",
      contents: `
        import { WorkerEntrypoint } from "cloudflare:workers";
        const done = (value) => ({ status: "done", value, warnings: [] });
        const failed = (code, message, retryable, retryAfterSeconds = null) =>
          ({ status: "failed", failure: { code, message, retryable, retryAfterSeconds } });
        const failedOnce = new Set();
        const failureOf = (text) => {
          if (text.includes("once") && failedOnce.has(text)) return null;
          failedOnce.add(text);
          if (text.includes("refuse")) return failed("provider_refused", "the stand-in refuses", false);
          if (text.includes("limit")) return failed("provider_limit", "the stand-in is limited", true, 7);
          if (text.includes("away")) return failed("provider_failed", "the stand-in is away", true);
          return null;
        };
        const voice = { id: "stand-in:anna", name: "Anna", language: "en-US", gender: "female", provider: "stand-in" };
        const wav = (samples) => {
          const view = new DataView(new ArrayBuffer(44 + 2 * samples));
          const text = (offset, value) => [...value].forEach((c, i) => view.setUint8(offset + i, c.charCodeAt(0)));
          text(0, "RIFF"); view.setUint32(4, 36 + 2 * samples, true); text(8, "WAVEfmt ");
          view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
          view.setUint32(24, 8000, true); view.setUint32(28, 16000, true); view.setUint16(32, 2, true);
          view.setUint16(34, 16, true); text(36, "data"); view.setUint32(40, 2 * samples, true);
          return new Uint8Array(view.buffer);
        };
        export class Author extends WorkerEntrypoint {
          async abilities() {
            return {
              model: { provider: "stand-in", name: "stand-in" }, speech: ["stand-in"], footage: ["pexels"], pictures: [],
              hints: { model: "", speech: "", footage: { pixabay: "set PIXABAY_API_KEY" }, pictures: "set IMAGE_URL" },
            };
          }
          async writeScript({ subject }) {
            return failureOf(subject) ?? done({ script: subject + " is short. It ends here.", model: "stand-in", tokens: 12 });
          }
          async writeTerms({ subject, amount }) {
            const terms = Array.from({ length: amount }, (_, index) => "term " + (index + 1));
            return failureOf(subject) ?? done({ terms, model: "stand-in", tokens: 5 });
          }
          async writeSocialMetadata({ subject }) {
            const value = { title: subject, caption: subject, hashtags: ["#a"], model: "stand-in", tokens: 3 };
            return failureOf(subject) ?? done(value);
          }
          async voices() {
            return done([voice]);
          }
          async chooseVoice({ name, without }) {
            if (without.length > 0) return failed("voice_unavailable", "no other voice is configured", false);
            if (name.startsWith("xx-")) return failed("voice_unavailable", "no voice speaks xx; there are: en-US", false);
            const substitution = name === "" || name === voice.id ? null : name + " is not configured, so Anna speaks";
            return done({ voice, substitution });
          }
          async sampleSentence() {
            return done("This is how I sound.");
          }
          async speak({ text, voice, rate }) {
            const audio = wav(400 * text.length);
            return failureOf(text) ?? done({ audio, mediaType: "audio/wav", words: null, rate, provider: "stand-in", voice });
          }
          async searchFootage({ term, provider }) {
            const files = [{ url: "https://clips.example/" + encodeURIComponent(term) + ".mp4", width: 1080, height: 1920 }];
            const clip = { provider, id: term, page: "https://clips.example/page", author: "Ann", authorPage: null, licence: "free",
              thumbnail: "https://clips.example/" + encodeURIComponent(term) + ".jpg" };
            return failureOf(term) ?? done({ clips: term.includes("nothing") ? [] : [{ ...clip, duration: 9, files }] });
          }
          async makePicture() {
            return failed("picture_unavailable", "the stand-in draws nothing", false);
          }
        }
        export default { fetch: () => new Response(null, { status: 404 }) };
      `,
    },
  ],
};
