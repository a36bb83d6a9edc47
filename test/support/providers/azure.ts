import { fakeSpeech } from "./audio.ts";
import type { FakeVendor } from "./vendor.ts";

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Azure Speech (REST). */
export const azure: FakeVendor = {
  name: "azure",
  key: "fakeazure5e1c7d3b9a2f48608c4d",
  isAuthorized: ({ headers }) => headers["ocp-apim-subscription-key"] === azure.key,
  // Azure refuses without a body.
  refusal: () => "",
  isPaid: ({ method }) => method === "POST",
  answer({ method, path, headers, body }, odd) {
    if (method === "GET" && path === "/cognitiveservices/voices/list") {
      const voice = (ShortName: string, DisplayName: string, Gender: string) => ({
        Name: `Microsoft Server Speech Text to Speech Voice (${ShortName})`,
        ...{ DisplayName, ShortName, Gender, Locale: ShortName.split("-").slice(0, 2).join("-") },
        ...{ SampleRateHertz: "24000", VoiceType: "Neural", Status: "GA", WordsPerMinute: "152" },
      });
      const list = [
        voice("en-US-JennyNeural", "Jenny", "Female"),
        voice("en-US-GuyNeural", "Guy", "Male"),
        voice("zh-CN-XiaoxiaoNeural", "Xiaoxiao", "Female"),
        voice("de-DE-ConradNeural", "Conrad", "Male"),
      ];
      return { status: 200, body: odd === "empty" ? [] : list };
    }
    if (method !== "POST" || path !== "/cognitiveservices/v1") return null;
    const [, rate, text] =
      /^<speak [^<>]*><voice name="[\w-]+"><prosody rate="([+-]\d+)%">([^<>]*)<\/prosody><\/voice><\/speak>$/.exec(
        String(body),
      ) ?? [];
    if (headers["content-type"] !== "application/ssml+xml" || text === undefined) return { status: 400, body: "" };
    const plain = text.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? "?");
    const { wav } = fakeSpeech(plain, 1 + Number(rate) / 100);
    return { status: 200, body: odd === "empty" ? new Uint8Array() : wav, mediaType: "audio/x-wav" };
  },
};
