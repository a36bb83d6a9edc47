import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Original } from "./fuzz-media.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
/** Clips and photos of Debian's package opencv-doc, if it is installed. */
const footage = "/usr/share/doc/opencv-doc/examples/data/";

const FILES: [string, Original["collection"]][] = [
  [`${samples}dusk.mp4`, "video_materials"],
  [`${samples}narration.mp3`, "narrations"],
  [`${footage}tree.avi`, "video_materials"],
  [`${footage}aloeL.jpg`, "video_materials"],
  [`${samples}life.mp4`, "video_materials"],
  [`${footage}vtest.avi`, "video_materials"],
  [`${footage}box.png`, "video_materials"],
  [`${samples}mandelbrot.mp4`, "video_materials"],
  [`${footage}fruits.jpg`, "video_materials"],
  [`${footage}Megamind.avi`, "video_materials"],
];

/** Reads the valid files to damage: the repository's samples, and the files of opencv-doc that exist on this machine. */
export async function originals(): Promise<Original[]> {
  const existing = FILES.filter(([path]) => existsSync(path));
  return Promise.all(
    existing.map(async ([path, collection]) => ({
      collection,
      name: path.slice(path.lastIndexOf("/") + 1),
      bytes: new Uint8Array(await readFile(path)),
    })),
  );
}
