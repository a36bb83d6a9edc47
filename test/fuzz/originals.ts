import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Original } from "./fuzz-media.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
/** Clips and photos of Debian's package opencv-doc, if it is installed. */
const footage = "/usr/share/doc/opencv-doc/examples/data/";
/** Photos and music of Debian's packages lomiri-wallpapers-20.04 and asterisk-moh-opsound-wav. */
const photos = "/usr/share/backgrounds/";
const music = "/usr/share/asterisk/moh/";

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
  [`${footage}HappyFish.jpg`, "video_materials"],
  [`${photos}Fossa_by_Jasper_Roks.jpg`, "video_materials"],
  [`${footage}pic3.png`, "video_materials"],
  [`${footage}cards.png`, "video_materials"],
  [`${footage}messi5.jpg`, "video_materials"],
  [`${music}manolo_camp-morning_coffee.wav`, "narrations"],
  [`${photos}Bridge_by_Sander_Klootwijk.jpg`, "video_materials"],
  [`${footage}home.jpg`, "video_materials"],
  [`${footage}board.jpg`, "video_materials"],
  [`${footage}box_in_scene.png`, "video_materials"],
];

/** Reads the valid files to damage: the repository's samples, and the files of Debian packages that exist on this machine. */
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
