import { afterEach, expect, test } from "vitest";
import { voiceSchema } from "../../src/protocol/author.ts";
import { callAuthor, done, failure, providers } from "./support/call-author.ts";

afterEach(() => providers.reset());

const settings = providers.settings("kokoro", "elevenlabs", "azure", "speech");
const wish = { name: "", language: "", text: "The sea is deep, and nobody knows it.", without: [] as string[] };

/** Lists are cached by settings. */
let run = 0;
const uncached = () => ({ ...settings, PROVIDER_TIMEOUT_SECONDS: String(100 + ++run) });

test("the voices of all providers are listed in order of preference, each with language and gender", async () => {
  const { value, warnings } = await done("voices", [], { settings, embedded: "runs", ai: {} });
  expect([...new Set(value.map(({ provider }) => provider))]).toEqual([
    "kokoro",
    "elevenlabs",
    "azure",
    "openai",
    "workers-ai",
    "embedded",
  ]);
  expect(value.map((voice) => voiceSchema.parse(voice))).toEqual(value);
  expect(new Set(value.map(({ id }) => id)).size).toBe(value.length);
  expect(value).toContainEqual({
    id: "kokoro:zf_xiaobei",
    name: "Xiaobei",
    language: "zh",
    gender: "female",
    provider: "kokoro",
  });
  expect(value).toContainEqual({
    id: "azure:en-US-GuyNeural",
    name: "Guy",
    language: "en-US",
    gender: "male",
    provider: "azure",
  });
  expect(warnings).toEqual([]);
});

test("lists of voices are asked for once", async () => {
  const once = uncached();
  await done("voices", [], { settings: once });
  await done("chooseVoice", [wish], { settings: once });
  expect((await providers.log()).map(({ path }) => path).sort()).toEqual([
    "/cognitiveservices/voices/list",
    "/v1/audio/voices",
    "/v1/voices",
  ]);
});

test("a provider whose list fails is left out with a warning, and its voices can still be requested", async () => {
  await providers.misbehave("azure", "500");
  const broken = uncached();
  const listed = await done("voices", [], { settings: broken });
  expect(listed.value.some(({ provider }) => provider === "azure")).toBe(false);
  expect(listed.warnings).toEqual([expect.stringContaining("Azure Speech failed (status 500)")]);
  const chosen = await done("chooseVoice", [{ ...wish, name: "de-DE-KatjaNeural-Female" }], { settings: broken });
  expect(chosen.value).toMatchObject({ voice: { id: "azure:de-DE-KatjaNeural" }, substitution: null });
});

test("if every list fails, the voices fail too", async () => {
  await providers.misbehave("kokoro", "401");
  expect(
    await failure("voices", [], { settings: { ...providers.settings("kokoro"), PROVIDER_TIMEOUT_SECONDS: "99" } }),
  ).toMatchObject({
    ...{ code: "provider_refused", retryable: false },
  });
});

test("a voice of a failed provider is replaced by one of the next provider", async () => {
  const next = await done("chooseVoice", [{ ...wish, without: ["kokoro", "elevenlabs"] }], { settings });
  expect(next.value.voice.id).toBe("azure:en-US-JennyNeural");
  const none = { ...wish, without: ["kokoro", "elevenlabs", "azure", "openai"] };
  expect(await failure("chooseVoice", [none], { settings })).toMatchObject({
    code: "voice_unavailable",
    retryable: false,
  });
});

test("with only the embedded voice, MoneyPrinterTurbo's default voice is replaced for an English text and refused for a Chinese one", async () => {
  const name = "zh-CN-XiaoxiaoNeural-Female";
  const { value } = await done("chooseVoice", [{ ...wish, name }], { embedded: "runs" });
  expect(value).toMatchObject({ voice: { id: "embedded:slt" }, substitution: expect.stringContaining(name) });
  expect(
    await failure("chooseVoice", [{ ...wish, name, text: "大海很深，没有人了解它。" }], { embedded: "runs" }),
  ).toMatchObject({
    ...{ code: "voice_unavailable", retryable: false },
    message: expect.stringMatching(/No voice speaks Chinese.*en-US.*embedded:slt/),
  });
});

test("without any voice, the failure says how to get one", async () => {
  expect((await failure("chooseVoice", [wish])).message).toMatch(
    /KOKORO_URL.*ELEVENLABS_API_KEY.*AZURE_SPEECH_KEY.*SPEECH_URL/,
  );
});

test("abilities tell what the settings make possible, without calling a provider", async () => {
  const { result } = await callAuthor("abilities", [], { settings: providers.settings(), embedded: "runs", ai: {} });
  expect(result).toMatchObject({
    model: { provider: "openai-compatible", name: "fake-model" },
    speech: ["kokoro", "elevenlabs", "azure", "openai", "workers-ai", "embedded"],
    footage: ["pexels", "pixabay", "coverr"],
    pictures: ["openai", "workers-ai"],
  });
  expect(await providers.log()).toEqual([]);
  const bare = await callAuthor("abilities", [], { embedded: "dead" });
  expect(bare.result).toMatchObject({
    ...{ model: null, speech: [], footage: [], pictures: [] },
    hints: {
      model: expect.stringContaining("LLM_MODEL"),
      footage: { pexels: expect.stringContaining("PEXELS_API_KEY") },
    },
  });
});
