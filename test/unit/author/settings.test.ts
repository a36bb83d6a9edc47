import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readSettings, SettingsError, secretsOf, settingNames } from "../../../author/src/settings.ts";

const faultsOf = (env: Record<string, string>) => {
  try {
    readSettings(env);
    return null;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
};

test("without any setting, the author Worker's settings are the defaults", () => {
  expect(readSettings({ LLM_MODEL: " ", AI: {} })).toEqual({
    OUTBOUND_ALLOW: [],
    PROVIDER_TIMEOUT_SECONDS: 120,
    SPEECH_MODEL: "gpt-4o-mini-tts",
    TRANSCRIPTION_MODEL: "whisper-1",
    IMAGE_MODEL: "gpt-image-1",
  });
});

test.each([
  [
    { PEXELS_API_KEY: "k", PEXELS_URL: "http://stock.example" },
    /PEXELS_URL: must be an https URL, or .*OUTBOUND_ALLOW/,
  ],
  [{ PEXELS_API_KEY: "k", PEXELS_URL: "stock.example" }, /PEXELS_URL: must be an http or https URL/],
  [{ KOKORO_URL: "https://me:secret@tts.example" }, /KOKORO_URL: must be an http or https URL without user name/],
  [{ KOKORO_URL: "https://tts.example?key=a" }, /KOKORO_URL: .*query/],
  [{ LLM_API_KEY: "sk 1" }, /LLM_API_KEY: must be a key of printable characters/],
  [{ AZURE_SPEECH_KEY: "k" }, /AZURE_SPEECH_REGION: must be set, because AZURE_SPEECH_KEY is/],
  [
    { AZURE_SPEECH_REGION: "West Europe", AZURE_SPEECH_KEY: "k" },
    /AZURE_SPEECH_REGION: must be the name of an Azure region/,
  ],
  [{ COVERR_URL: "https://coverr.example" }, /COVERR_API_KEY: must be set, because COVERR_URL is/],
  [{ OUTBOUND_ALLOW: "a.example, http://b" }, /OUTBOUND_ALLOW: "http:\/\/b" is not a host/],
  [{ PROVIDER_TIMEOUT_SECONDS: "soon" }, /PROVIDER_TIMEOUT_SECONDS: /],
])("invalid settings of the author Worker are reported by name: %j", (env, message) => {
  expect(faultsOf(env)).toMatch(message);
});

test("the message about an invalid key does not contain the key", () => {
  const message = faultsOf({ PEXELS_API_KEY: "two words" });
  expect(message).toMatch(/PEXELS_API_KEY: must be a key of printable characters/);
  expect(message).not.toContain("words");
});

test("plain http is accepted for hosts in OUTBOUND_ALLOW, with their port if one is given", () => {
  const env = { KOKORO_URL: "http://localhost:8880/", OUTBOUND_ALLOW: "localhost:8880" };
  expect(readSettings(env).KOKORO_URL).toBe("http://localhost:8880");
  expect(faultsOf({ ...env, OUTBOUND_ALLOW: "localhost:8881" })).toMatch(/KOKORO_URL/);
});

test("the secrets of an environment are its keys, also if another setting is invalid", () => {
  const env = { LLM_API_KEY: " sk-1 ", AZURE_SPEECH_KEY: "az", PEXELS_URL: "nonsense", PIXABAY_API_KEY: "" };
  expect(secretsOf(env)).toEqual(["sk-1", "az"]);
});

test("docs/providers.md lists every setting of the author Worker exactly once", async () => {
  const page = await readFile(new URL("../../../docs/providers.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z][A-Z_]+)` *\|/gm)].map(([, name]) => name);
  expect(documented).toEqual(settingNames);
});
