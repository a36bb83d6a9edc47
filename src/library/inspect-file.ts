import type { Collection } from "../api/files.ts";
import { readFont } from "../captions/fonts/read-font-file.ts";
import { readSubtitleFile } from "../captions/read-subtitle-file.ts";
import { readWordTimings } from "../captions/word-timings/read-word-timings.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { probeObject, type StoredFile } from "./probe-file.ts";

const MiB = 1024 * 1024;

/**
 * Max bytes of a file in a collection. Fonts are limited because the renderer gets them with every segment, subtitle
 * files because they are read into memory as a whole.
 */
export function uploadLimit(collection: Collection): number {
  if (collection === "fonts") return 20 * MiB;
  return collection === "subtitles" ? 16 * MiB : Number.POSITIVE_INFINITY;
}

/**
 * Reads a stored file and describes its content.
 *
 * @param renderers in order of preference, for media files.
 * @throws RenderError, FontError or SubtitleFileError if the file cannot be read as what its collection holds.
 */
export async function inspectFile(
  bucket: R2Bucket,
  file: StoredFile & { collection: Collection; name: string },
  renderers: Renderer[],
): Promise<FileProbe> {
  switch (file.collection) {
    case "fonts":
      return { kind: "font", family: readFont(await wholeObject(bucket, file.key)).name };
    case "subtitles": {
      const bytes = await wholeObject(bucket, file.key);
      if (/\.(?:json|lrc)$/i.test(file.name)) {
        const { words, encoding } = readWordTimings(bytes);
        return { kind: "subtitles", cues: words.length, encoding };
      }
      const type = file.name.toLowerCase().endsWith(".vtt") ? "vtt" : "srt";
      const { subtitles, encoding } = readSubtitleFile(bytes, type);
      return { kind: "subtitles", cues: subtitles.length, encoding };
    }
    case "video_materials":
    case "musics":
    case "narrations":
      return probeObject(bucket, file, renderers);
  }
}

async function wholeObject(bucket: R2Bucket, key: string): Promise<Uint8Array> {
  const object = await bucket.get(key);
  if (!object) throw new RenderError("bad_input", "the file is no longer stored");
  return object.bytes();
}
