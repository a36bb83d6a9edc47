import { type VoiceHints, voiceHints } from "./voice-hints.ts";

/** What a `voice_name` asks for. */
export type VoiceName =
  /** The best voice there is. */
  | { kind: "any" }
  /** A voice of one of our providers, by the provider's own id. */
  | ({ kind: "voice"; provider: string; id: string } & VoiceHints)
  /** A voice of another vendor. */
  | ({ kind: "foreign"; vendor: string; id: string } & VoiceHints)
  /** A name without a provider. */
  | ({ kind: "name"; name: string } & VoiceHints);

/** Our own providers, and other names under which they are known. */
const PROVIDERS: Record<string, string> = {
  embedded: "embedded",
  flite: "embedded",
  "workers-ai": "workers-ai",
  openai: "openai",
  kokoro: "kokoro",
  elevenlabs: "elevenlabs",
  azure: "azure",
};

/** Vendors that MoneyPrinterTurbo speaks with, whose protocol is that of OpenAI or their own. */
const FOREIGN = new Set(["siliconflow", "gemini", "minimax", "chatterbox", "fish_audio", "mimo", "coze"]);

/** `en-US-JennyNeural`, with what MoneyPrinterTurbo adds: `-V2` for Azure's own voices, and the gender. */
const EDGE_NAME =
  /^(?<voice>(?<locale>[a-z]{2,3}(?:-[A-Za-z]{4})?-(?:[A-Za-z]{2}|\d{3}))-(?:[a-z]+-)?[\w:.]*Neural)(?:-V2)?(?:-(?<gender>Female|Male))?$/i;

const GENDER_ENDING = /-(Female|Male)$/i;

/** Parses a `voice_name` in all forms that MoneyPrinterTurbo's users have, and our own voice ids. */
export function parseVoiceName(text: string): VoiceName {
  const name = text.trim();
  if (name === "" || /^(no-voice|none|default|auto)$/i.test(name)) return { kind: "any" };

  const edge = EDGE_NAME.exec(name)?.groups;
  const hints = voiceHints(name);
  if (edge) {
    const { voice = "", locale = "" } = edge;
    return { kind: "voice", provider: "azure", id: voice, language: locale, gender: hints.gender };
  }
  // Some forms of the name have a hyphen after the provider.
  const [, prefix = "", rest = ""] = /^([\w-]+):(.+)$/s.exec(name) ?? /^(azure)[-_](.+)$/is.exec(name) ?? [];
  const vendor = prefix.toLowerCase();
  const provider = PROVIDERS[vendor];
  const plain = rest.replace(GENDER_ENDING, "");
  if (provider === "azure") {
    const inner = parseVoiceName(rest);
    return inner.kind === "voice" ? inner : { kind: "voice", provider, id: plain, ...voiceHints(rest) };
  }
  // elevenlabs:{id}:{name}
  const id = provider === "elevenlabs" ? (plain.split(":", 1)[0] ?? "") : plain;
  if (provider !== undefined) return { kind: "voice", provider, id, ...hints };
  if (FOREIGN.has(vendor)) return { kind: "foreign", vendor, id: foreignId(vendor, plain), ...hints };
  return { kind: "name", name, ...hints };
}

/** The id that the vendor's OpenAI-compatible server takes. */
function foreignId(vendor: string, rest: string): string {
  // fish_audio:{id}:{name}; siliconflow:{model}:{voice}, whose id is model and voice.
  return vendor === "fish_audio" ? (rest.split(":", 1)[0] ?? "") : rest;
}
