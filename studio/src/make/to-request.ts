import type { Credit, Voice } from "../service/types.ts";
import { BEST_VOICE, type Draft, emptyDraft, LOCAL, NO_SPEECH, RECORDING } from "./draft.ts";

/** Max characters of a title that is made from a script. */
const MAX_TITLE_LENGTH = 60;

/** The first words of a text, for a title. */
export function beginning(text: string): string {
  const words = text
    .replace(/\[[^\]]*\]/g, " ")
    .trim()
    .replace(/\s+/g, " ");
  const sentence = /^.*?(?:[。！？]|[.!?…](?=\s|$))/u.exec(words)?.[0] ?? words;
  return sentence.length <= MAX_TITLE_LENGTH ? sentence : `${sentence.slice(0, MAX_TITLE_LENGTH - 1).trimEnd()}…`;
}

/** The body of `POST /api/v1/videos` for a draft. It has only what the visitor chose. */
export function toRequest(draft: Draft, voices: readonly Voice[]): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    if (value !== "" && value !== undefined && value !== null) request[name] = value;
  };
  const script = draft.text === "script" ? draft.script.trim() : "";
  // Lists and searches know a video by its subject.
  set("video_subject", draft.subject.trim() || beginning(script));
  set("video_script", script);
  if (draft.footage === LOCAL) {
    request.video_source = LOCAL;
    request.video_materials = draft.materials.map((url) => {
      const credit = draft.credits[url];
      return { provider: "local", url, ...(credit ? { credit } : {}) };
    });
    // The visitor has put them in order.
    request.video_concat_mode = "sequential";
  } else set("video_source", draft.footage);
  set("video_aspect", draft.aspect);
  if (draft.voice === RECORDING) set("custom_audio_file", draft.narration);
  else if (draft.voice === BEST_VOICE) set("voice_name", bestVoice(draft.script || draft.subject, voices)?.id);
  else if (draft.voice !== NO_SPEECH) request.voice_name = draft.voice;
  if (draft.music === "") request.bgm_type = "";
  else if (draft.music === "random") request.bgm_type = "random";
  else Object.assign(request, { bgm_type: "custom", bgm_file: draft.music });
  set("subtitle_preset", draft.preset);
  return { ...request, ...draft.fields };
}

/** The draft that makes a request again. The opposite of {@link toRequest}. */
export function fromRequest(request: Readonly<Record<string, unknown>>): Draft {
  const text = (name: string) => (typeof request[name] === "string" ? (request[name] as string) : "");
  const materials = Array.isArray(request.video_materials) ? request.video_materials : [];
  const known = ["video_subject", "video_script", "video_source", "video_materials", "video_aspect", "voice_name"];
  known.push(
    "video_concat_mode",
    "custom_audio_file",
    "bgm_type",
    "bgm_file",
    "subtitle_preset",
    "idempotency_key",
    "dry_run",
  );
  const others = Object.entries(request).filter(
    ([name, value]) => !known.includes(name) || (name === "video_concat_mode" && value !== "sequential"),
  );
  const narration = text("custom_audio_file");
  const credits = materials.flatMap(({ url, credit }: { url?: string; credit?: Credit }) =>
    url !== undefined && credit ? [[url, credit] as const] : [],
  );
  return {
    ...emptyDraft,
    text: text("video_script") === "" ? "subject" : "script",
    subject: text("video_subject"),
    script: text("video_script"),
    materials: materials.flatMap((material: { url?: unknown }) =>
      typeof material.url === "string" ? [material.url] : [],
    ),
    credits: Object.fromEntries(credits),
    footage: materials.length > 0 ? LOCAL : String([request.video_source].flat()[0] ?? LOCAL),
    voice: narration !== "" ? RECORDING : text("voice_name") || NO_SPEECH,
    narration,
    music: text("bgm_file") || (text("bgm_type") === "random" ? "random" : ""),
    aspect: text("video_aspect") || "9:16",
    preset: text("subtitle_preset"),
    fields: Object.fromEntries(others),
  };
}

/** Writing systems that tell a language, with their languages. */
const SCRIPTS: readonly [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "ja"],
  [/\p{Script=Han}/u, "zh"],
  [/\p{Script=Hangul}/u, "ko"],
  [/\p{Script=Arabic}/u, "ar"],
  [/\p{Script=Hebrew}/u, "he"],
  [/\p{Script=Devanagari}/u, "hi"],
  [/\p{Script=Thai}/u, "th"],
  [/\p{Script=Cyrillic}/u, "ru"],
];

/** The first voice for the language of a text, as its letters tell it; else the first voice. */
export function bestVoice(text: string, voices: readonly Voice[]): Voice | undefined {
  const language = SCRIPTS.find(([letters]) => letters.test(text))?.[1] ?? "en";
  const speaks = ({ language: own }: Voice) => own === "mul" || own.split("-")[0] === language;
  return voices.find(speaks) ?? voices[0];
}
