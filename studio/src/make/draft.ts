import type { Credit } from "../service/types.ts";

/** What a visitor has filled in. Fields have the names of the API. */
export interface Draft {
  /** Whether the visitor gives a subject, and a model writes the script, or gives the script. */
  text: "subject" | "script";
  subject: string;
  script: string;
  /** Names of uploaded files, or links. */
  materials: string[];
  /** Whom to credit for linked materials, by their links. */
  credits: Readonly<Record<string, Credit>>;
  /** Where footage comes from: the materials, or a provider. */
  footage: string;
  /** How the video is spoken: by the best voice, by nobody, by a recording, or by the voice with this id. */
  voice: string;
  /** The name of an uploaded recording, if `voice` is {@link RECORDING}. */
  narration: string;
  music: string;
  aspect: string;
  preset: string;
  /** All other fields that differ from the API's defaults, by name. */
  fields: Record<string, unknown>;
}

export const BEST_VOICE = "";
export const NO_SPEECH = "no-speech";
export const RECORDING = "recording";
/** Footage from uploaded files and links. */
export const LOCAL = "local";

export const emptyDraft: Draft = {
  text: "script",
  subject: "",
  script: "",
  materials: [],
  credits: {},
  footage: LOCAL,
  voice: BEST_VOICE,
  narration: "",
  music: "",
  aspect: "9:16",
  preset: "",
  fields: {},
};

const STORED = "edgereel-draft";

/** Reads the draft of an earlier visit; what is missing or broken in it is empty. */
export function storedDraft(storage: Pick<Storage, "getItem">): Draft {
  try {
    const stored = JSON.parse(storage.getItem(STORED) ?? "{}");
    return typeof stored === "object" && stored ? { ...emptyDraft, ...stored } : emptyDraft;
  } catch {
    return emptyDraft;
  }
}

/** Keeps a draft for the next visit. A full or forbidden storage is no reason to stop. */
export function storeDraft(storage: Pick<Storage, "setItem">, draft: Draft): void {
  try {
    storage.setItem(STORED, JSON.stringify(draft));
  } catch {}
}
