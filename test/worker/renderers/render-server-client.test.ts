import { expect, test } from "vitest";
import { readConfig } from "../../../src/config/config.ts";
import type { StillsJob } from "../../../src/protocol/render-job.ts";
import { describeDigest } from "../../../src/protocol/render-server.ts";
import type { RenderError } from "../../../src/renderers/renderer.ts";
import { renderServerRenderer } from "../../../src/renderers/server/render-server-client.ts";
import { bindings } from "../support/bindings.ts";

const video = crypto.getRandomValues(new Uint8Array(60_000));
const key = "tasks/rendered-bytes/segment.mp4";
const job: StillsJob = { kind: "stills", grid: { columns: 1, rows: 1, width: 16, height: 16 } };
const input = { sha256: "0".repeat(64), size: 1 };
const open = async () => new Blob(["x"]).stream();
const never = new AbortController().signal;

/** Renders with a server that responds with `body`, and returns the error, or undefined if there is none. */
async function render(
  body: ReadableStream<Uint8Array>,
  store: (bytes: Uint8Array | ReadableStream<Uint8Array>) => Promise<unknown>,
  sha256 = new Uint8Array(0),
): Promise<unknown> {
  const headers = {
    "content-length": String(video.byteLength),
    "content-digest": describeDigest((sha256.byteLength > 0 ? sha256 : await digest()).toBase64()),
  };
  let endedWith: unknown = "not ended";
  const renderer = renderServerRenderer("http", readConfig(bindings), async () => ({
    call: async () => new Response(body, { headers }),
    end: async (error) => {
      endedWith = error;
    },
  }));
  const failure = await renderer.render(job, [input], { open, store, signal: never }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(endedWith).toBe(failure);
  return failure;
}

const digest = async () => new Uint8Array(await crypto.subtle.digest("SHA-256", video));
const put = (bytes: Uint8Array | ReadableStream<Uint8Array>) => bindings.MEDIA.put(key, bytes);

/** A stream of the first half of the video, which then calls `then`. */
const half = (
  then: (controller: ReadableStreamDefaultController) => void | Promise<void>,
  onCancel = (_: unknown) => {},
) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(video.slice(0, 15_000));
      controller.enqueue(video.slice(15_000, 30_000));
    },
    pull: then,
    cancel: onCancel,
  });

test("a render server's bytes are stored unchanged", async () => {
  expect(await render(new Blob([video]).stream(), put)).toBeUndefined();
  expect(await (await bindings.MEDIA.get(key))?.bytes()).toEqual(video);
  await bindings.MEDIA.delete(key);
});

test("a render server that disconnects while sending counts as unavailable, and nothing is stored", async () => {
  const error = await render(
    half((controller) => controller.error(new Error("Network connection lost."))),
    put,
  );
  expect(error).toMatchObject({
    code: "renderer_unavailable",
    rerun: "renderer_away",
    retryable: true,
  } satisfies Partial<RenderError>);
  expect((error as Error).message).toContain("Network connection lost.");
  expect(await bindings.MEDIA.head(key)).toBeNull();
});

test("a truncated or wrong response counts as an unavailable renderer, and nothing is stored", async () => {
  const short = await render(
    half((controller) => controller.close()),
    put,
  );
  const other = await render(new Blob([video]).stream(), put, new Uint8Array(32));
  for (const error of [short, other]) {
    expect(error).toMatchObject({ code: "renderer_unavailable", rerun: "renderer_away", retryable: true });
  }
  expect(await bindings.MEDIA.head(key)).toBeNull();
});

test("a storage error is passed on unchanged, and the render server's response is cancelled", async () => {
  for (const read of [false, true]) {
    const full = new Error("the store is full");
    const cancelled = Promise.withResolvers<unknown>();
    const error = await render(
      half(() => new Promise<void>(() => {}), cancelled.resolve),
      async (bytes) => {
        if (read && bytes instanceof ReadableStream) await bytes.getReader().read();
        throw full;
      },
    );
    expect(error).toBe(full);
    await cancelled.promise;
  }
});

test("a job counts as accepted only after the render server has all its inputs", async () => {
  const seen: string[] = [];
  const missing = { ok: false, code: "input_missing", message: "not here", missing: [input.sha256] };
  const failed = { ok: false, code: "ffmpeg_failed", message: "it cannot", log: "" };
  const renderer = renderServerRenderer("http", readConfig(bindings), async () => ({
    call: async (path, { method = "GET", body }) => {
      seen.push(`${method} ${path.slice(0, 8)}`);
      if (method === "PUT") {
        await new Response(body).bytes();
        await scheduler.wait(100);
        return new Response(null, { status: 204 });
      }
      if (!seen.includes("PUT /inputs/")) return Response.json(missing, { status: 409 });
      await scheduler.wait(100);
      return Response.json(failed, { status: 422 });
    },
    end: async () => {},
  }));
  const run = renderer.render(job, [input], {
    open,
    store: async () => {},
    signal: never,
    accepted: () => seen.push("accepted"),
  });
  await expect(run).rejects.toThrow("it cannot");
  expect(seen).toEqual(["POST /render", "PUT /inputs/", "POST /render", "accepted"]);
});

test("an invalid or interrupted probe response counts as an unavailable renderer", async () => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"ok":'));
      controller.error(new Error("Network connection lost."));
    },
  });
  for (const body of ["not JSON", '{"ok":true}', broken]) {
    const renderer = renderServerRenderer("http", readConfig(bindings), async () => ({
      call: async () => new Response(body),
      end: async () => {},
    }));
    await expect(renderer.probe({ ...input, open })).rejects.toMatchObject({
      code: "renderer_unavailable",
      rerun: "renderer_away",
      retryable: true,
    });
  }
});

test("a request on a lost connection is retried once", async () => {
  for (const lost of [1, 2]) {
    let calls = 0;
    const renderer = renderServerRenderer("http", readConfig(bindings), async () => ({
      call: async () => {
        if (++calls <= lost) throw new Error("Network connection lost.");
        return Response.json({ ok: false, code: "ffmpeg_failed", message: "it cannot", log: "" }, { status: 422 });
      },
      end: async () => {},
    }));
    const run = renderer.render(job, [input], { open, store: async () => {}, signal: never });
    await expect(run).rejects.toMatchObject({ code: lost === 1 ? "ffmpeg_failed" : "renderer_unavailable" });
    expect(calls).toBe(2);
  }
});
