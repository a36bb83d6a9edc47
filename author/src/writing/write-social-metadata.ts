import { z } from "zod";
import type { WriteSocialMetadataRequest } from "../../../src/protocol/author.ts";
import type { Question } from "./model.ts";
import { readModelJson } from "./read-json.ts";

export interface SocialMetadata {
  title: string;
  caption: string;
  hashtags: string[];
}

/** The limits of each platform: characters of title and caption, and hashtags. */
const LIMITS: Record<
  WriteSocialMetadataRequest["platform"],
  { label: string; title: number; caption: number; hashtags: number }
> = {
  tiktok: { label: "TikTok", title: 100, caption: 2200, hashtags: 5 },
  youtube_shorts: { label: "YouTube Shorts", title: 100, caption: 5000, hashtags: 3 },
  instagram_reels: { label: "Instagram Reels", title: 125, caption: 2200, hashtags: 8 },
  facebook_reels: { label: "Facebook Reels", title: 125, caption: 2200, hashtags: 5 },
};

const form = z.object({ title: z.string(), caption: z.string(), hashtags: z.array(z.string()) });

/** What a model is asked to write title, caption and hashtags, and how its answer is read. */
export function socialQuestion(request: WriteSocialMetadataRequest): Question<SocialMetadata> {
  const { subject, script, language, platform } = request;
  const { label, title, caption, hashtags } = LIMITS[platform];
  const written = language === "auto" || language === "" ? "the language of the script" : language;
  const system = `You write what is published with a short video on ${label}.
"title": at most ${title} characters. "caption": at most ${caption} characters, without hashtags; it ends with a call to action. "hashtags": ${hashtags} words that begin with # and have no spaces.
Write title and caption in ${written}.
Answer only with JSON of this form: {"title": "…", "caption": "…", "hashtags": ["#first", "#second"]}`;
  return {
    prompt: { system, user: `Video subject: ${subject}\n\nScript:\n${script}` },
    form,
    what: "title, caption and hashtags",
    read: (answer) => readSocialMetadata(answer, platform),
  };
}

/** Reads title, caption and hashtags in an answer, and cuts them to the platform's limits. Null if there are none. */
export function readSocialMetadata(
  answer: string,
  platform: WriteSocialMetadataRequest["platform"],
): SocialMetadata | null {
  return readModelJson(answer, (json) => {
    const fields: Record<string, unknown> = Array.isArray(json) ? { ...json[0] } : { ...json };
    const limits = LIMITS[platform];
    const title = cut(fields.title, limits.title);
    const caption = cut(fields.caption ?? fields.description, limits.caption);
    if (title === "" && caption === "") return null;
    return { title, caption, hashtags: hashtagsIn(fields.hashtags ?? fields.tags, limits.hashtags) };
  });
}

/** A text of at most `length` characters (code points). A cut text ends at a word, if it has spaces. */
function cut(value: unknown, length: number): string {
  const text = typeof value === "string" ? value.trim().toWellFormed() : "";
  const characters = [...text];
  if (characters.length <= length) return text;
  const start = characters.slice(0, length).join("");
  const space = start.search(/\s\S*$/);
  return (space > start.length / 2 ? start.slice(0, space) : start).trimEnd();
}

/** Hashtags without spaces and punctuation, each once. */
function hashtagsIn(value: unknown, max: number): string[] {
  const words = typeof value === "string" ? value.split(/[\s,，]+/) : Array.isArray(value) ? value.map(String) : [];
  const tags = words.map((word) => word.replace(/[^\p{L}\p{M}\p{N}_]/gu, "").slice(0, 100)).filter((tag) => tag !== "");
  const unique = tags.filter(
    (tag, index) => tags.findIndex((other) => other.toLowerCase() === tag.toLowerCase()) === index,
  );
  return unique.slice(0, max).map((tag) => `#${tag}`);
}
