// The service for benchmarks, with additional paths in the same isolate: /bare/ returns R2's response unchanged,
// /without-keys/ and /without-counting/ run the service with other settings, /put/ stores a file, so that a benchmark
// does not have to render a gigabyte, and /bare-upload/ only writes a body to R2.
import type { Env } from "../../src/env.ts";
import service from "../../src/index.ts";
import { keys } from "../../src/storage/keys.ts";
import { PART_SIZE, putStream } from "../../src/storage/put-stream.ts";

export * from "../../src/index.ts";

export default {
  ...service,
  async fetch(request: Request<unknown, IncomingRequestCfProperties>, env: Env, context: ExecutionContext) {
    const [, place, taskId = "", file = ""] = new URL(request.url).pathname.split("/");
    const key = keys.output(taskId, file);
    if (place === "bare") {
      const object = await env.MEDIA.get(key, { range: request.headers });
      return object
        ? new Response(object.body, { status: request.headers.has("range") ? 206 : 200 })
        : new Response(null, { status: 404 });
    }
    if (place === "put") {
      // Repeat the block, so that a large file does not have to be sent over the connection.
      const block = new Uint8Array(await request.arrayBuffer());
      const times = Number(new URL(request.url).searchParams.get("times") ?? 1);
      const blocks = async function* () {
        for (let count = 0; count < times; count++) yield block;
      };
      const options = { limit: Number.MAX_SAFE_INTEGER, contentType: "video/mp4" };
      return Response.json(await putStream(env.MEDIA, key, blocks(), options));
    }
    if (place === "bare-upload" && request.body) {
      const upload = await env.MEDIA.createMultipartUpload("bare-upload");
      const reader = request.body.getReader({ mode: "byob" });
      const parts: R2UploadedPart[] = [];
      let memory = new ArrayBuffer(PART_SIZE);
      for (;;) {
        const { value }: { value?: Uint8Array<ArrayBuffer> | undefined } = await reader.readAtLeast(
          PART_SIZE,
          new Uint8Array(memory),
        );
        if (!value || value.byteLength === 0) break;
        parts.push(await upload.uploadPart(parts.length + 1, value));
        memory = value.buffer;
      }
      await upload.complete(parts);
      return Response.json({ parts: parts.length });
    }
    // The same service without API keys, or without counting requests, to measure the cost of these features.
    const settings = { "without-keys": { AUTH: "off" }, "without-counting": { QUOTA_REQUESTS: "0" } }[place ?? ""];
    if (settings) {
      const without = new Request(request.url.replace(`/${place}/`, "/"), request);
      return service.fetch(without as typeof request, { ...env, ...settings }, context);
    }
    return service.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
