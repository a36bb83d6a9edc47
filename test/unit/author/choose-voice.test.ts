import { expect, test } from "vitest";
import type { KnownVoice } from "../../../author/src/speech/known-voice.ts";
import { type Choice, chooseVoice } from "../../../author/src/voices/choose-voice.ts";

const voice = (
  id: string,
  language: string,
  gender: KnownVoice["gender"],
  alsoSpeaks: KnownVoice["alsoSpeaks"] = [],
) => ({
  ...{ id, language, gender, alsoSpeaks },
  name: id.split(":")[1] ?? id,
  provider: id.split(":")[0] ?? id,
});
const azure = [
  voice("azure:en-US-JennyNeural", "en-US", "female"),
  voice("azure:en-GB-RyanNeural", "en-GB", "male"),
  voice("azure:zh-CN-XiaoxiaoNeural", "zh-CN", "female"),
  voice("azure:zh-CN-YunxiNeural", "zh-CN", "male"),
];
const embedded = [
  voice("embedded:slt", "en-US", "female"),
  voice("embedded:rms", "en-US", "male"),
  voice("embedded:awb", "en-GB", "male"),
];
const openai = [voice("openai:alloy", "mul", "neutral", null), voice("openai:onyx", "mul", "male", null)];

const english = "The sea is deep, and nobody knows it very well.";
const chinese = "大海很深，没有人真正了解它。";

function choiceOf(...lists: KnownVoice[][]): Choice {
  const voices = lists.flat();
  const providers = [...new Set(voices.map(({ provider }) => provider))];
  return { voices, providers, unlisted: () => null, serverOf: () => null };
}

function choose(wish: { name?: string; language?: string; text?: string }, ...lists: KnownVoice[][]) {
  const chosen = chooseVoice({ name: "", language: "", text: english, ...wish }, choiceOf(...lists));
  return "missing" in chosen ? chosen.missing : [chosen.voice.id, chosen.substitution];
}

test.each([
  ["zh-CN-XiaoxiaoNeural-Female", english, "azure:zh-CN-XiaoxiaoNeural"],
  ["zh-CN-YunxiNeural-V2-Male", chinese, "azure:zh-CN-YunxiNeural"],
  ["EN-us-jennyneural", english, "azure:en-US-JennyNeural"],
  ["openai:onyx-Male", chinese, "openai:onyx"],
  ["onyx", english, "openai:onyx"],
  ["embedded:awb", english, "embedded:awb"],
])("the requested voice %s speaks if its provider has it", (name, text, id) => {
  expect(choose({ name, text }, azure, openai, embedded)).toEqual([id, null]);
});

test("a voice that the provider does not list speaks if the provider may have it", () => {
  const own = voice("openai:clone", "mul", "neutral", null);
  const choice = {
    ...choiceOf(openai),
    unlisted: (name: string, id: string) => (name === "openai" && id === "clone" ? own : null),
  };
  expect(chooseVoice({ name: "openai:clone", language: "", text: english }, choice)).toEqual({
    voice: own,
    substitution: null,
  });
  const served = { ...choice, serverOf: (vendor: string) => (vendor === "chatterbox" ? "openai" : null) };
  expect(chooseVoice({ name: "chatterbox:clone", language: "", text: english }, served)).toMatchObject({ voice: own });
});

test.each([
  ["zh-CN-XiaoxiaoNeural-Female", "embedded:slt"],
  ["zh-CN-YunxiNeural-Male", "embedded:rms"],
  ["en-GB-RyanNeural-Male", "embedded:awb"],
  ["en-GB-SoniaNeural-Female", "embedded:slt"],
  ["gemini:Puck-Male", "embedded:rms"],
  ["siliconflow:FunAudioLLM/CosyVoice2-0.5B:anna-Female", "embedded:slt"],
])(
  "without the provider of %s, the nearest voice by language and gender speaks, and the reason is told",
  (name, id) => {
    const [chosen, why] = choose({ name }, embedded) as [string, string];
    expect(chosen).toBe(id);
    expect(why).toContain(`${id} speaks instead of ${name}, because the provider `);
    expect(why).toContain(" is not set up");
  },
);

test("the first provider that speaks the language is preferred, and within it the wished gender", () => {
  expect(choose({ name: "gemini:Puck-Male", text: chinese }, embedded, azure, openai)).toEqual([
    "azure:zh-CN-YunxiNeural",
    expect.stringContaining("gemini"),
  ]);
  expect(choose({}, openai, embedded)).toEqual(["openai:alloy", null]);
  expect(choose({ name: "gemini:Puck-Male" }, openai, embedded)).toEqual(["openai:onyx", expect.any(String)]);
});

test("an English voice does not read a Chinese text, even if it is requested", () => {
  const [chosen, why] = choose({ name: "embedded:rms", text: chinese }, embedded, azure) as [string, string];
  expect(chosen).toBe("azure:zh-CN-YunxiNeural");
  expect(why).toContain("because it does not speak Chinese");
});

test("a language that no voice speaks is named together with the voices there are", () => {
  expect(choose({ text: chinese }, embedded)).toMatch(
    /No voice speaks Chinese \(zh\)\. There are voices for en-GB, en-US: embedded:slt/,
  );
  expect(choose({ language: "de-DE", text: "" }, embedded)).toMatch(/No voice speaks German \(de\)/);
  expect(choose({ name: "zh-CN-XiaoxiaoNeural-Female", text: chinese }, embedded)).toMatch(/No voice speaks Chinese/);
});

test.each([
  ["Jenny", "embedded:slt"],
  ["Guy", "embedded:rms"],
  ["nobody at all", "embedded:slt"],
  ["en-US-Journey-D", "embedded:rms"],
  ["en-US-Journey-F", "embedded:slt"],
  ["en-GB-Wavenet-B", "embedded:awb"],
  ["en-US-Chirp3-HD-Charon", "embedded:rms"],
  ["Ryan (Male)", "embedded:rms"],
])("instead of the unknown voice %s, the nearest one by language and gender speaks", (name, id) => {
  expect(choose({ name }, embedded)).toEqual([
    id,
    expect.stringContaining(`${id} speaks instead of ${name}, because no provider that is set up has a voice of this`),
  ]);
});

test.each([
  ["azure-en-US-GuyNeural", "embedded:rms"],
  ["azure-en-US-JennyNeural-Female", "embedded:slt"],
  ["azure_en-GB-RyanNeural", "embedded:awb"],
  ["azure:en-GB-RyanNeural", "embedded:awb"],
  ["gemini:Charon", "embedded:rms"],
  ["gemini:Kore-Firm", "embedded:slt"],
  ["siliconflow:FunAudioLLM/CosyVoice2-0.5B:benjamin", "embedded:rms"],
  ["minimax:male-qn-qingse", "embedded:rms"],
  ["minimax:female-shaonv", "embedded:slt"],
  ["kokoro:bm_george", "embedded:awb"],
  ["kokoro:af_heart", "embedded:slt"],
  ["openai:onyx", "embedded:rms"],
  ["elevenlabs:pNInz6obpgDQGcFmaJgB:Adam", "embedded:rms"],
  ["workers-ai:aura-2-en/luna", "embedded:slt"],
  ["chatterbox:default", "embedded:slt"],
  ["fish_audio:54a5170264694bfc8e9ad98df7bd89c3:Ding", "embedded:slt"],
  ["mimo:whoever", "embedded:slt"],
])("an English text is spoken although the provider of %s is missing", (name, id) => {
  expect(choose({ name }, embedded)).toEqual([id, expect.stringContaining(`${id} speaks instead of ${name}`)]);
});

test("a voice that no provider has lends its language to a text whose language no voice speaks", () => {
  const text = "Das Meer ist tief, und niemand kennt es wirklich gut. Heute entdecken wir seine Geheimnisse.";
  expect(choose({ text }, embedded)).toMatch(/No voice speaks German/);
  expect(choose({ text, name: "en-US-GuyNeural-Male" }, embedded)).toEqual(["embedded:rms", expect.any(String)]);
  expect(choose({ text, name: "zh-CN-YunxiNeural-Male" }, embedded)).toMatch(/No voice speaks German/);
});

/** Short English texts, in which trigrams alone see other languages. */
const oddEnglish = [
  "Birds sing at dawn.",
  "Red wine, dark bread, warm soup",
  "Hidden gems near Lisbon, Portugal",
  "Best budget gaming laptops 2026",
  "Never skip leg day, folks",
  "Welcome to Edgereel demo video",
  "Drink water. Walk daily. Rest.",
  "Gold medal winners sprint past",
  "Quick brown foxes jump over lazy dogs",
  "Deep oceans hide strange animals",
  "Pizza, pasta and gelato in Roma",
  "Amsterdam canals, bikes, tulips, cheese",
  "Vitamin D deficiency symptoms explained",
  "Taxes, rent, groceries, debt: adulthood",
  "Lorem ipsum dolor sit amet, consectetur",
];

test.each(oddEnglish)("the short English text %j is spoken, with or without a requested voice", (text) => {
  expect(choose({ text }, embedded)).toEqual(["embedded:slt", null]);
  expect(choose({ text, name: "gemini:Puck" }, embedded)).toEqual(["embedded:rms", expect.any(String)]);
  expect(choose({ text }, azure)).toEqual(["azure:en-US-JennyNeural", null]);
});

test("a text whose language is not told is spoken in that of the request, and else in that of the requested voice", () => {
  const german = [voice("azure:de-DE-KatjaNeural", "de-DE", "female"), ...azure];
  const [text = ""] = oddEnglish;
  expect(choose({ text, language: "de" }, german)).toEqual(["azure:de-DE-KatjaNeural", null]);
  expect(choose({ text, name: "de-DE-ConradNeural-Male" }, german)).toEqual([
    "azure:de-DE-KatjaNeural",
    expect.any(String),
  ]);
  expect(choose({ text }, german)).toEqual(["azure:en-US-JennyNeural", null]);
});

test.each([
  ["the requested language", { language: "zh-CN", text: "" }, "azure:zh-CN-XiaoxiaoNeural"],
  ["the requested variant", { language: "en-GB" }, "azure:en-GB-RyanNeural"],
  ["the text's language, if the request has none", { text: chinese }, "azure:zh-CN-XiaoxiaoNeural"],
  [
    "the text's language, if the request names one in another script",
    { language: "en", text: chinese },
    "azure:zh-CN-XiaoxiaoNeural",
  ],
  [
    "English for a Latin text, if the request names Chinese",
    { language: "zh", text: english },
    "azure:en-US-JennyNeural",
  ],
  ["English, if the text is too short to tell", { text: "Hola" }, "azure:en-US-JennyNeural"],
  [
    "the language of the text, if the request has a name instead of a tag",
    { language: "Chinese", text: chinese },
    "azure:zh-CN-XiaoxiaoNeural",
  ],
  ["the language of the text, if it is `auto`", { language: "auto", text: chinese }, "azure:zh-CN-XiaoxiaoNeural"],
])("the voice speaks %s", (_, wish, id) => {
  expect(choose(wish, azure)).toEqual([id, null]);
});
