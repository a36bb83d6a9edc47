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
  ["de-DE-ConradNeural", "de-DE-ConradNeural", "de-DE", null],
  ["azure:de-DE-ConradNeural", "de-DE-ConradNeural", "de-DE", null],
])("%s is the Azure voice %s", (name, id, language, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "voice", provider: "azure", id, language, gender });
});

test.each([
  ["embedded:slt", "embedded", "slt", null],
  ["kokoro:af_heart", "kokoro", "af_heart", null],
  ["openai:alloy", "openai", "alloy", null],
  ["openai:onyx-Male", "openai", "onyx", "male"],
  ["OpenAI:alloy", "openai", "alloy", null],
  ["elevenlabs:21m00Tcm4TlvDq8ikWAM:Rachel", "elevenlabs", "21m00Tcm4TlvDq8ikWAM", null],
  ["elevenlabs:21m00Tcm4TlvDq8ikWAM:Rachel-Female", "elevenlabs", "21m00Tcm4TlvDq8ikWAM", "female"],
  ["workers-ai:aura-2-en/luna", "workers-ai", "aura-2-en/luna", null],
])("%s is the voice of the provider %s with id %s", (name, provider, id, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "voice", provider, id, language: null, gender });
});

test.each([
  ["siliconflow:FunAudioLLM/CosyVoice2-0.5B:anna-Female", "siliconflow", "FunAudioLLM/CosyVoice2-0.5B:anna", "female"],
  ["gemini:Puck-Male", "gemini", "Puck", "male"],
  ["gemini:Zephyr-Bright", "gemini", "Zephyr-Bright", null],
  ["minimax:male-qn-qingse", "minimax", "male-qn-qingse", null],
  ["chatterbox:default", "chatterbox", "default", null],
  ["fish_audio:54a5170264694bfc8e9ad98df7bd89c3:Ding", "fish_audio", "54a5170264694bfc8e9ad98df7bd89c3", null],
])("%s is a voice of the vendor %s with id %s", (name, vendor, id, gender) => {
  expect(parseVoiceName(name)).toEqual({ kind: "foreign", vendor, id, language: null, gender });
});

test.each(["", "  ", "no-voice", "none", "default"])("%j asks for any voice", (name) => {
  expect(parseVoiceName(name)).toEqual({ kind: "any" });
});

test.each(["alloy", "af_heart", "Rachel", "constructor", "http://example.com"])("%j is a plain name", (name) => {
  expect(parseVoiceName(name)).toEqual({ kind: "name", name });
});
