import type { ChosenVoice } from "../../../src/protocol/author.ts";
import type { KnownVoice } from "../speech/known-voice.ts";
import { detectLanguage, isWrittenInLatin } from "./detect-language.ts";
import { baseLanguage, languageName, sameLocale } from "./language-tags.ts";
import { parseVoiceName, type VoiceName } from "./voice-name.ts";

type Gender = "female" | "male";

/** The voices that there are, and what else their providers may speak with. */
export interface Choice {
  /** All listed voices; those of preferred providers first. */
  voices: readonly KnownVoice[];
  /** A voice that its provider does not list but may have. Null if the provider is not set up or cannot have it. */
  unlisted(provider: string, id: string): KnownVoice | null;
  /** The provider that is the vendor's own server, by its address or model. Null if there is none. */
  serverOf(vendor: string): string | null;
  /** Providers that are set up, in order of preference. */
  providers: readonly string[];
}

export interface Wish {
  name: string;
  language: string;
  text: string;
}

/** A voice, or a sentence that says why there is none. */
export type VoiceChoice = { voice: KnownVoice; substitution: string | null } | { missing: string };

/**
 * Chooses the voice that speaks a text: the requested one, or else the nearest one by language and gender.
 */
export function chooseVoice({ name, language, text }: Wish, choice: Choice): VoiceChoice {
  const wanted = parseVoiceName(name);
  const exact = findExact(wanted, choice);
  const written = detectLanguage(text);
  // A voice may read a text of another language, as long as it knows the letters.
  const cannotRead = exact !== null && !written.latin && written.language !== null && !speaks(exact, written.language);
  if (exact && !cannotRead) return { voice: exact, substitution: null };
  if (choice.voices.length === 0) return { missing: "No provider of voices is set up or answers." };
  const wish = wishOf(wanted, exact);
  const spoken = spokenLanguage({ language, text }, wish.language, choice.voices);
  const [nearest] = choice.voices
    .filter((voice) => speaks(voice, spoken))
    .map((voice, order) => ({
      voice,
      order,
      preference: choice.providers.indexOf(voice.provider),
      distance: distanceOf(voice, spoken, wish.language ?? language, wish.gender),
    }))
    .sort((a, b) => a.preference - b.preference || a.distance - b.distance || a.order - b.order);
  if (!nearest) {
    return { missing: `No voice speaks ${languageName(spoken)} (${spoken}). ${listed(choice.voices)}` };
  }
  if (wanted.kind === "any") return { voice: nearest.voice, substitution: null };
  const why = exact ? `it does not speak ${languageName(spoken)}` : whyMissing(wanted, choice.providers);
  const substitution = `${nearest.voice.id} speaks instead of ${shorten(name)}, because ${why}. It is the nearest voice by language and gender.`;
  return { voice: nearest.voice, substitution };
}

/** The language and gender of the voice that was asked for, as far as they are known. */
function wishOf(wanted: VoiceName, exact: KnownVoice | null): { language: string | null; gender: Gender | null } {
  if (exact) return { language: null, gender: exact.gender === "neutral" ? null : exact.gender };
  return wanted.kind === "any" ? { language: null, gender: null } : wanted;
}

/** The voice as RPC carries it. */
export function withoutExtras({ alsoSpeaks: _, ...voice }: KnownVoice): ChosenVoice["voice"] {
  return voice;
}

function findExact(wanted: VoiceName, { voices, unlisted, serverOf }: Choice): KnownVoice | null {
  const find = (provider: string, id: string) => {
    const full = `${provider}:${id}`.toLowerCase();
    return voices.find((voice) => voice.id.toLowerCase() === full) ?? null;
  };
  switch (wanted.kind) {
    case "any":
      return null;
    case "voice":
      return find(wanted.provider, wanted.id) ?? unlisted(wanted.provider, wanted.id);
    case "foreign": {
      const provider = serverOf(wanted.vendor);
      return provider === null ? null : unlisted(provider, wanted.id);
    }
    case "name": {
      const plain = wanted.name.toLowerCase();
      const matches = (voice: KnownVoice) =>
        voice.id.slice(voice.provider.length + 1).toLowerCase() === plain || voice.name.toLowerCase() === plain;
      return voices.find(matches) ?? null;
    }
  }
}

/** The language that is spoken: that of the request, unless the text is plainly in another script. */
function languageOf(text: string, requested: string, ofVoice: string | null): string {
  const detected = detectLanguage(text);
  const asked = requested === "auto" ? "" : baseLanguage(requested);
  const fits = (language: string) => isWrittenInLatin(language) === detected.latin || text.trim() === "";
  if (asked !== "" && (fits(asked) || detected.language === null)) return asked;
  if (detected.language !== null) return detected.language;
  const named = ofVoice === null ? "" : baseLanguage(ofVoice);
  if (named !== "" && fits(named)) return named;
  return "en";
}

/**
 * The language that is spoken, or that of the requested voice if no voice speaks it: a voice may read any text whose
 * letters it knows.
 */
function spokenLanguage(
  { language, text }: Pick<Wish, "language" | "text">,
  ofVoice: string | null,
  voices: readonly KnownVoice[],
): string {
  const spoken = languageOf(text, language, ofVoice);
  const named = baseLanguage(ofVoice ?? "");
  const canBeRead = named !== "" && isWrittenInLatin(named) && isWrittenInLatin(spoken);
  return canBeRead && !voices.some((voice) => speaks(voice, spoken)) ? named : spoken;
}

function speaks(voice: KnownVoice, language: string): boolean {
  return voice.alsoSpeaks === null || baseLanguage(voice.language) === language || voice.alsoSpeaks.includes(language);
}

/** How far a voice is from what was asked for. The gender counts more than the variant of the language. */
function distanceOf(voice: KnownVoice, spoken: string, locale: string, gender: Gender | null): number {
  const isNative = baseLanguage(voice.language) === spoken;
  const ofLanguage = isNative ? 0 : 1;
  const ofGender = gender === null || voice.gender === gender ? 0 : voice.gender === "neutral" ? 2 : 4;
  // Without a wish, the usual variant of English is that of most voices.
  const ofLocale =
    !isNative || locale === "" || baseLanguage(locale) !== spoken || sameLocale(voice.language, locale) ? 0 : 1;
  return ofLanguage + ofGender + ofLocale;
}

function whyMissing(wanted: VoiceName, providers: readonly string[]): string {
  if (wanted.kind === "name") return "no provider that is set up has a voice of this name";
  const vendor = wanted.kind === "voice" ? wanted.provider : wanted.kind === "foreign" ? wanted.vendor : "";
  return providers.includes(vendor)
    ? `the provider ${vendor} does not have it`
    : `the provider ${vendor} is not set up`;
}

/** The voices there are, for a message: how many of each language, and how to list them. */
function listed(voices: readonly KnownVoice[]): string {
  const languages = [...new Set(voices.map((voice) => voice.language))].sort();
  const shown = languages.slice(0, 30).join(", ") + (languages.length > 30 ? ", …" : "");
  const some = voices.slice(0, 8).map(({ id }) => id);
  const more = voices.length > some.length ? `, and ${voices.length - some.length} more` : "";
  return `There are voices for ${shown}: ${some.join(", ")}${more}. GET /api/v1/voices lists them.`;
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
