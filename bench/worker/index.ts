// The service with, in the same isolate, what it is measured against: a Worker that hands R2's answer
// on as it is, and itself with other settings. Also takes files, so that a bench need not render a gigabyte.
import type { Env } from "../../src/env.ts";
import service from "../../src/index.ts";
import { keys } from "../../src/storage/keys.ts";
import { putStream } from "../../src/storage/put-stream.ts";

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
      // Over and over, as often as asked: a gigabyte need not come through the socket.
      const block = new Uint8Array(await request.arrayBuffer());
      const times = Number(new URL(request.url).searchParams.get("times") ?? 1);
      const blocks = async function* () {
        for (let count = 0; count < times; count++) yield block;
      };
      const options = { limit: Number.MAX_SAFE_INTEGER, contentType: "video/mp4" };
      return Response.json(await putStream(env.MEDIA, key, blocks(), options));
    }
    // What asking for keys, and counting requests, costs: the same without.
    const settings = { "without-keys": { AUTH: "off" }, "without-counting": { QUOTA_REQUESTS: "0" } }[place ?? ""];
    if (settings) {
      const without = new Request(request.url.replace(`/${place}/`, "/"), request);
      return service.fetch(without as typeof request, { ...env, ...settings }, context);
    }
    return service.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
