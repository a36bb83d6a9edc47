import { decodeEntities, type EntityNames } from "../text/decode-entities.ts";
import { removeTags } from "../text/html-tags.ts";

/** Tags of WebVTT that have no form of HTML: classes, voices, languages, and times inside a subtitle. */
const WEBVTT_TAG =
  /<\/?(?:[bicu]|ruby|rt|v|lang)(?:\.[^\s<>.]+)+(?:\s[^<>]*)?>|<(?:v|lang)\s[^<>]*>|<\/?(?:[cv]|lang)>|<(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}>/gi;
/** Override codes of ASS (`{\an8}`) and MicroDVD (`{y:i}`). */
const OVERRIDE_CODE = /\{\\[^{}]*\}|\{[a-zA-Z]:[^{}\s]*\}/g;
/** A line break or a hard space of ASS, but not in a Windows path. */
const ASS_BREAK = /(?<!(?:^|[\s"'(])[A-Za-z]:\S{0,100})\\([Nnh])/g;
/** What a viewer does not see, or not in the line: comments, and how to pronounce the characters below a ruby text. */
const UNSHOWN = /<!--[\s\S]*?-->|<rt(?:\.[^\s<>.]+)*>[^<]*<\/rt>|<rp>[^<]*<\/rp>/gi;

/**
 * The text of a subtitle as viewers read it: without tags and codes, and with character references replaced. Text that only looks like a
 * tag stays, such as "<3" and "<2 and 3>".
 */
export function subtitleText(text: string, entities?: EntityNames): string {
  const withoutCodes = text
    .replace(OVERRIDE_CODE, "")
    .replace(UNSHOWN, "")
    .replace(WEBVTT_TAG, "")
    .replace(ASS_BREAK, (_, code: string) => (code === "h" ? "\u00a0" : "\n"));
  return decodeEntities(removeTags(withoutCodes, true), entities)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
