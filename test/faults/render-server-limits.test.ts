import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { RENDER_SERVER_PATHS } from "../../src/protocol/render-server.ts";
import { failure } from "../container/support/render-client.ts";
import { describeWithFfmpeg, RenderServer, WAIT } from "../container/support/render-server.ts";
import { colourVideo, endlessSegment, makeMedia, segment } from "../container/support/samples.ts";

describeWithFfmpeg("limits", () => {
  let video: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    video = colourVideo("red", 1);
  });

  /** Starts a job that never ends by itself. `leave` disconnects its client. */
  function endless(server: RenderServer, hash: string) {
    const client = new AbortController();
    const answer = server.render(endlessSegment(), [hash], { seconds: 600 }, { signal: client.signal });
    answer.catch(() => {});
    return { answer, leave: () => client.abort() };
  }

  test("a job is refused with Retry-After if all slots and the queue are full", async (context) => {
    const server = await RenderServer.forTest({ SLOTS: "1", QUEUE: "1" }, { test: context });
    const hash = await server.put(video);
    const running = endless(server, hash);
    await server.busy();
    const waiting = endless(server, hash);
    await server.waitForHealth({ running: 1, queued: 1 });

    const refused = await server.render(segment([{}]), [hash]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await failure(refused, "busy");
    expect(server.ffmpegs()).toHaveLength(1);
    // Probes run even if all slots are busy.
    expect((await server.probe(hash)).status).toBe(200);

    waiting.leave();
    await server.waitForHealth({ running: 1, queued: 0 });
    const next = server.render(segment([{}]), [hash]);
    running.leave();
    expect((await next).status).toBe(200);
    await server.idle();
  });

  test("the number of jobs that run at once equals the number of slots", async (context) => {
    const server = await RenderServer.forTest({ SLOTS: "2", QUEUE: "1" }, { test: context });
    const hash = await server.put(video);
    const jobs = [endless(server, hash), endless(server, hash), endless(server, hash)];
    await server.waitForHealth({ slots: 2, running: 2, queued: 1 });
    await expect.poll(() => server.ffmpegs(), WAIT).toHaveLength(2);
    for (const { leave } of jobs) leave();
    await server.idle();
  });

  test("a queued job for stills starts before queued segments", async (context) => {
    const server = await RenderServer.forTest({ SLOTS: "1", QUEUE: "2" }, { test: context });
    const hash = await server.put(video);
    const [running, waiting] = [endless(server, hash), endless(server, hash)];
    await server.waitForHealth({ running: 1, queued: 1 });
    const grid = { columns: 1, rows: 1, width: 64, height: 36 };
    const stills = server.render({ kind: "stills", grid }, [hash]);
    await server.waitForHealth({ running: 1, queued: 2 });
    running.leave();
    // The queued segment never ends, so the stills must have started before it.
    expect((await stills).status).toBe(200);
    await server.waitForHealth({ running: 1, queued: 0 });
    waiting.leave();
    await server.idle();
  });

  test("ffmpeg is killed and its files are removed if the client disconnects", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(video);
    const { leave, answer } = endless(server, hash);
    await server.busy();
    expect(server.jobFiles()).toHaveLength(1);
    leave();
    await expect(answer).rejects.toThrow();
    await server.idle();
  });

  test("ffmpeg is killed if a client that sent its job in chunks disconnects", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(video);
    const client = new AbortController();
    const request = {
      job: endlessSegment(),
      inputs: [{ sha256: hash }],
      limits: { seconds: 600, outputBytes: 2 ** 26 },
    };
    const body = new Blob([JSON.stringify(request)]).stream();
    const init = { method: "POST", body, duplex: "half", signal: client.signal } as RequestInit;
    server.fetch(RENDER_SERVER_PATHS.render, init).catch(() => {});
    await server.busy();
    client.abort();
    await server.idle();
  });

  test("a client that does not read its result loses the result and the slot after the idle timeout", async (context) => {
    const server = await RenderServer.forTest({ QUEUE: "0", IDLE_SECONDS: "2" }, { test: context });
    const source = "testsrc2=s=320x240:d=1:r=30,noise=alls=100:allf=t";
    const noise = await server.put(makeMedia("mp4", "-f", "lavfi", "-i", source, "-preset", "ultrafast"));
    const job = segment([{ frames: 30 }], { width: 1280, height: 960, encoder: { preset: "ultrafast", crf: 1 } });
    const answer = await server.render(job, [noise], { outputBytes: 2 ** 30 });
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get("content-length"))).toBeGreaterThan(2 ** 24);
    expect(server.jobFiles()).toEqual([]);
    await failure(await server.render(segment([{}]), [noise]), "busy");
    await expect.poll(async () => (await server.render(segment([{}]), [noise])).status, WAIT).toBe(200);
    await expect(answer.bytes()).rejects.toThrow();
  });

  test("a job is killed once it exceeds its time limit", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(video);
    const { message } = await failure(await server.render(endlessSegment(), [hash], { seconds: 0.5 }), "timeout");
    expect(message).toContain("time limit");
    await server.idle();
    expect((await server.render(segment([{}]), [hash])).status).toBe(200);
  });

  test("the time limit of a job does not include its time in the queue", async (context) => {
    const server = await RenderServer.forTest({ QUEUE: "2" }, { test: context });
    const hash = await server.put(video);
    const first = server.render(endlessSegment(), [hash], { seconds: 4 });
    await server.busy();
    const second = server.render(segment([{}]), [hash], { seconds: 3.9 });
    await failure(await first, "timeout");
    expect((await second).status).toBe(200);
  });

  test("a job is killed if its output exceeds the size limit", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(makeMedia("mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=1:r=30"));
    const limits = { outputBytes: 50_000 };
    await failure(
      await server.render(segment([{ frames: 30 }], { width: 320, height: 240 }), [hash], limits),
      "output_limit",
    );
    await server.idle();
    expect((await server.render(segment([{}]), [hash], limits)).status).toBe(200);
  });

  test("a job that exceeds the memory limit fails with out_of_memory", async (context) => {
    const server = await RenderServer.forTest({ MEMORY_LIMIT_BYTES: String(256 * 2 ** 20) }, { test: context });
    const hash = await server.put(video);
    const large = segment([{ frames: 60 }], { width: 4096, height: 4096, encoder: { preset: "medium", crf: 20 } });
    await failure(await server.render(large, [hash]), "out_of_memory");
    await server.idle();
    expect((await server.render(segment([{}]), [hash])).status).toBe(200);
  });

  test("SIGTERM makes the render server finish its accepted jobs, refuse new jobs and exit", async (context) => {
    const server = await RenderServer.forTest({ QUEUE: "5" }, { test: context });
    const hash = await server.put(video);
    const job = segment([{ frames: 600 }], { width: 640, height: 480 });
    const [running, waiting] = [server.render(job, [hash]), server.render(segment([{}]), [hash])];
    await server.busy();
    const exit = once(server.process, "exit");
    server.process.kill("SIGTERM");
    await server.waitForHealth({ draining: true });
    const refused = await server.render(segment([{}]), [hash]);
    expect(refused.headers.has("retry-after")).toBe(true);
    await failure(refused, "busy");

    for (const answer of [await running, await waiting]) {
      expect(answer.status).toBe(200);
      expect((await answer.bytes()).byteLength).toBe(Number(answer.headers.get("content-length")));
    }
    expect(await exit).toEqual([0, null]);
    expect(server.jobFiles()).toEqual([]);
  });

  test("a second SIGTERM makes the render server stop its running jobs and exit", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(video);
    const { answer } = endless(server, hash);
    await server.busy();
    const exit = once(server.process, "exit");
    server.process.kill("SIGTERM");
    await server.waitForHealth({ draining: true });
    server.process.kill("SIGTERM");
    await failure(await answer, "busy");
    expect(await exit).toEqual([0, null]);
    expect(server.jobFiles()).toEqual([]);
  });

  test("a render server whose port is in use does not touch the files of the running server", async (context) => {
    const server = await RenderServer.forTest({}, { test: context });
    const hash = await server.put(video);
    const { leave } = endless(server, hash);
    await server.busy();
    const port = new URL(server.origin).port;
    await expect(RenderServer.start({ PORT: port }, server.scratch)).rejects.toThrow("EADDRINUSE");
    expect(server.jobFiles()).toHaveLength(1);
    leave();
    await server.idle();
  });

  test.runIf(existsSync("/proc/self/environ"))(
    "ffmpeg gets only a fixed list of environment variables, without the token of the render server",
    async (context) => {
      const server = await RenderServer.forTest({ RENDERER_TOKEN: "secret" }, { test: context });
      const hash = await server.put(video);
      const { leave } = endless(server, hash);
      await server.busy();
      const [pid] = server.ffmpegs();
      expect(environmentNames(pid)).toEqual([
        "AV_LOG_FORCE_NOCOLOR",
        "HOME",
        "LANG",
        "PATH",
        "PWD",
        "TMPDIR",
        "XDG_CACHE_HOME",
      ]);
      leave();
      await server.idle();
    },
  );
});

function environmentNames(pid: number | undefined): string[] {
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return environment
    .flatMap((entry) => entry.split("=", 1))
    .filter(Boolean)
    .sort();
}
