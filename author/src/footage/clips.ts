import { z } from "zod";
import { type StockClip, stockClipSchema } from "../../../src/protocol/author.ts";
import type { Context } from "../calls/provider-call.ts";
import { containsSecret } from "../calls/redact.ts";
import { mayCall, type Settings } from "../settings.ts";

/** Max clips of one search. */
const MAX_CLIPS = 100;
/** Max files of one clip. */
const MAX_FILES = 20;

/** A number, or a number written as a string. Anything else is null. */
export const looseNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+(\.\d+)?\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

/** A text; null for anything else. */
export const looseText = z.string().nullish().catch(null);

/** An entry of a list: null if it is no object of the form, so that one odd entry does not spoil the others. */
export const looseEntry = <T extends z.ZodType>(entry: T) => entry.nullable().catch(null);

/** A file of a clip, as far as it is known. */
export interface FoundFile {
  url?: string | null | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
}

export interface FoundClip extends Omit<StockClip, "duration" | "files" | "thumbnail"> {
  thumbnail?: string | null | undefined;
  duration: number | null | undefined;
  files: readonly FoundFile[];
}

/**
 * Checks the clips that a provider found. Clips without a length, and files without a size or with an address that may
 * not be called, are left out. Files are sorted from the smallest.
 * A file or thumbnail whose address contains a secret is left out too.
 */
export function checkClips(
  found: readonly FoundClip[],
  { settings: { OUTBOUND_ALLOW }, secrets }: Pick<Context, "settings" | "secrets">,
): StockClip[] {
  const seen = new Set<string>();
  const isUsable = (url: string) => isFetchable(url, OUTBOUND_ALLOW) && !containsSecret(url, secrets);
  return found
    .flatMap(({ thumbnail, ...clip }) => {
      const files = clip.files
        .flatMap(({ url, width, height }) =>
          url && width && height ? [{ url, width: Math.round(width), height: Math.round(height) }] : [],
        )
        .filter(({ url }) => isUsable(url))
        .sort((a, b) => a.width * a.height - b.width * b.height)
        .slice(0, MAX_FILES);
      const checked = stockClipSchema.safeParse({
        ...clip,
        files,
        ...(thumbnail && isUsable(thumbnail) ? { thumbnail } : {}),
      });
      if (!checked.success || seen.has(checked.data.id)) return [];
      seen.add(checked.data.id);
      return [checked.data];
    })
    .slice(0, MAX_CLIPS);
}

function isFetchable(url: string, allow: Settings["OUTBOUND_ALLOW"]): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  // HLS playlists are no files.
  return mayCall(parsed, allow) && !parsed.pathname.toLowerCase().endsWith(".m3u8");
}

/** A page that can be linked to; an empty text if it is none. */
export function pageOf(url: string | null | undefined): string {
  return url && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : "";
}
