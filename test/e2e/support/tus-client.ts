// Uploads a file with tus-js-client, and goes on where an earlier run stopped. Prints a line of JSON for each step.
// node tus-client.ts ENDPOINT FILE STORAGE
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as tus from "tus-js-client";

/** Only in Node, so the package's types do not have it. */
const { FileUrlStorage } = tus as unknown as { FileUrlStorage: new (file: string) => tus.UrlStorage };
const { Upload } = tus;

const [, , endpoint = "", file = "", storage = ""] = process.argv;
const say = (step: object) => process.stdout.write(`${JSON.stringify(step)}\n`);

const upload = new Upload(await readFile(file), {
  endpoint,
  metadata: { filename: basename(file), filetype: "video/mp4" },
  chunkSize: 3_000_001,
  retryDelays: [0, 500, 1000],
  urlStorage: new FileUrlStorage(storage),
  fingerprint: async () => file,
  onChunkComplete: (_, sent, total) => say({ sent, total }),
  onError: (error) => {
    say({ error: error.message });
    process.exitCode = 1;
  },
  onSuccess: () => say({ finished: upload.url }),
});
const [previous] = await upload.findPreviousUploads();
if (previous) upload.resumeFromPreviousUpload(previous);
say({ resumes: previous !== undefined });
upload.start();
