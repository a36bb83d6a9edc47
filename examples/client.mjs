// Makes a video with the npm package edgereel, and shows its progress.
//
//   npm ci && npm run client:build
//   npm run dev                              # in another terminal
//   node examples/client.mjs [CLIP]
//
// BASE is the service's address, and API_KEY an API key if the service needs one.
import { createWriteStream, openAsBlob } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Edgereel, EdgereelError } from "edgereel";

const clip = process.argv[2] ?? fileURLToPath(new URL("../samples/dusk.mp4", import.meta.url));
const edgereel = new Edgereel({ url: process.env.BASE ?? "http://localhost:8080", apiKey: process.env.API_KEY });

try {
  const { file } = await edgereel.upload(await openAsBlob(clip), { name: basename(clip) });
  const { task_id } = await edgereel.createVideo({
    video_script: "Edgereel makes short videos at the edge.",
    video_materials: [{ url: file }],
    video_clip_duration: 2,
  });
  console.log(`Created task ${task_id}`);
  const task = await edgereel.waitFor(task_id, {
    onProgress: ({ progress }) => console.log(`Progress: ${progress} %`),
  });
  const { body } = await edgereel.download(task, "final-1.mp4");
  await pipeline(Readable.fromWeb(body), createWriteStream("final-1.mp4"));
  console.log("Saved final-1.mp4");
} catch (error) {
  if (!(error instanceof EdgereelError)) throw error;
  console.error(error.task ? `The task failed: ${error.message}` : `${error.code}: ${error.message}`);
  process.exitCode = 1;
}
