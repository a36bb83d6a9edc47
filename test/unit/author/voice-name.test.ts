import { expect, test } from "vitest";
import { parseVoiceName } from "../../../author/src/voices/voice-name.ts";

test.each([
  ["en-US-JennyNeural-Female", "en-US-JennyNeural", "en-US", "female"],
  ["zh-CN-XiaoxiaoNeural-Female", "zh-CN-XiaoxiaoNeural", "zh-CN", "female"],
  ["zh-CN-XiaoxiaoMultilingualNeural-V2-Female", "zh-CN-XiaoxiaoMultilingualNeural", "zh-CN", "female"],
  ["en-US-AndrewMultilingualNeural-V2-Male", "en-US-AndrewMultilingualNeural", "en-US", "male"],
  ["zh-CN-liaoning-XiaobeiNeural-Female", "zh-CN-liaoning-XiaobeiNeural", "zh-CN", "female"],
  ["iu-Cans-CA-SiqiniqNeural-Female", "iu-Cans-CA-SiqiniqNeural", "iu-Cans-CA", "female"],
  ["es-419-SomeoneNeural", "es-419-SomeoneNeural", "es-419", null],
  ["de-DE-ConradNeural", "de-DE-ConradNeural", "de-DE", "male"],
  ["azure:de-DE-ConradNeural", "de-DE-ConradNeural", "de-DE", "male"],
  ["azure-de-DE-ConradNeural", "de-DE-ConradNeural", "de-DE", "male"],
])("%s is the Azure voice %s", (name, id, language, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "voice", provider: "azure", id, language, gender });
});

test.each([
  ["embedded:slt", "embedded", "slt", null, null],
  ["kokoro:af_heart", "kokoro", "af_heart", "en-US", "female"],
  ["kokoro:zm_yunxi", "kokoro", "zm_yunxi", "zh-CN", "male"],
  ["openai:alloy", "openai", "alloy", null, null],
  ["openai:alloy-Male", "openai", "alloy", null, "male"],
  ["OpenAI:onyx", "openai", "onyx", null, "male"],
  ["elevenlabs:21m00Tcm4TlvDq8ikWAM:Rachel", "elevenlabs", "21m00Tcm4TlvDq8ikWAM", null, "female"],
  ["elevenlabs:21m00Tcm4TlvDq8ikWAM:Someone-Female", "elevenlabs", "21m00Tcm4TlvDq8ikWAM", null, "female"],
  ["workers-ai:aura-2-en/luna", "workers-ai", "aura-2-en/luna", "en", null],
])("%s is the voice of the provider %s with id %s", (name, provider, id, language, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "voice", provider, id, language, gender });
});

test.each([
  ["siliconflow:FunAudioLLM/CosyVoice2-0.5B:anna-Female", "siliconflow", "FunAudioLLM/CosyVoice2-0.5B:anna", "female"],
  ["siliconflow:FunAudioLLM/CosyVoice2-0.5B:david", "siliconflow", "FunAudioLLM/CosyVoice2-0.5B:david", "male"],
  ["gemini:Puck-Male", "gemini", "Puck", "male"],
  ["gemini:Zephyr-Bright", "gemini", "Zephyr-Bright", "female"],
  ["minimax:male-qn-qingse", "minimax", "male-qn-qingse", "male"],
  ["chatterbox:default", "chatterbox", "default", null],
  ["fish_audio:54a5170264694bfc8e9ad98df7bd89c3:Ding", "fish_audio", "54a5170264694bfc8e9ad98df7bd89c3", null],
])("%s is a voice of the vendor %s with id %s", (name, vendor, id, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "foreign", vendor, id, language: null, gender });
});

test.each(["", "  ", "no-voice", "none", "default"])("%j asks for any voice", (name) => {
  expect(parseVoiceName(name)).toEqual({ kind: "any" });
});

test.each([
  ["alloy", null, null],
  ["af_heart", "en-US", "female"],
  ["Rachel", null, "female"],
  ["constructor", null, null],
  ["http://example.com", null, null],
  ["en-US-Journey-D", "en-US", "male"],
  ["en-US-Journey-F", "en-US", "female"],
  ["en-US-Wavenet-D", "en-US", "male"],
  ["de-DE-Wavenet-A", "de-DE", "female"],
  ["en-US-Chirp3-HD-Puck", "en-US", "male"],
  ["fr-FR", "fr-FR", null],
  ["pt-BR (female)", "pt-BR", "female"],
])("%j is a name without a provider, of language %j and gender %j", (name, language, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "name", name, language, gender });
});
