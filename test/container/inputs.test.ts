import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RENDER_SERVER_PATHS } from "../../src/protocol/render-server.ts";
import { failure, sha256 } from "./support/render-client.ts";
import { describeWithFfmpeg, RenderServer, temporaryFolder, WAIT } from "./support/render-server.ts";
import { colourVideo, endlessSegment, segment } from "./support/samples.ts";

const bytes = (size: number) => new Uint8Array(randomBytes(size));

async function has(server: RenderServer, hash: string): Promise<boolean> {
  const { status } = await server.fetch(RENDER_SERVER_PATHS.input(hash), { method: "HEAD" });
  expect([200, 404]).toContain(status);
  return status === 200;
}

/** Starts a PUT on a raw socket and sends only the first 5,000 bytes of its body. */
async function halfPut(server: RenderServer, hash: string) {
  const { hostname, port } = new URL(server.origin);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const path = RENDER_SERVER_PATHS.input(hash);
  socket.write(`PUT ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 100000\r\n\r\n${"x".repeat(5000)}`);
  await expect.poll(() => server.inputFiles(), WAIT).toContainEqual(expect.stringMatching(/^receiving-/));
  return socket;
}

describeWithFfmpeg("inputs", () => {
  test("an input is stored after its PUT, and a second PUT changes nothing", async () => {
    const server = await RenderServer.forTest();
    const input = bytes(300_000);
    expect(await has(server, sha256(input))).toBe(false);
    await server.put(input);
    await server.put(input);
    expect(await has(server, sha256(input))).toBe(true);
    expect(server.inputFiles()).toEqual([sha256(input)]);
  });

  test("a repeated PUT does not replace the file of an input, which a job may be linking", async () => {
    const server = await RenderServer.forTest();
    const input = bytes(300_000);
    const file = join(server.scratch, "inputs", await server.put(input));
    const { ino } = statSync(file);
    await Promise.all([server.put(input), server.put(input)]);
    expect(statSync(file).ino).toBe(ino);
  });

  test("a PUT whose body does not match its SHA-256 is refused and not stored", async () => {
    const server = await RenderServer.forTest();
    const path = RENDER_SERVER_PATHS.input(sha256(bytes(10)));
    const { message } = await failure(await server.fetch(path, { method: "PUT", body: bytes(1000) }), "bad_input");
    expect(message).toContain("1000 bytes");
    expect(server.inputFiles()).toEqual([]);
  });

  test("an aborted PUT leaves no files", async () => {
    const server = await RenderServer.forTest();
    const socket = await halfPut(server, sha256(bytes(10)));
    socket.destroy();
    await expect.poll(() => server.inputFiles(), WAIT).toEqual([]);
  });

  test("a stalled PUT is closed after the idle timeout and leaves no files", async () => {
    const server = await RenderServer.forTest({ IDLE_SECONDS: "0.2" });
    const socket = await halfPut(server, sha256(bytes(10)));
    await once(socket, "close");
    await expect.poll(() => server.inputFiles(), WAIT).toEqual([]);
  });

  test("a failed PUT releases the space that it took in the cache", async () => {
    const server = await RenderServer.forTest({ INPUT_CACHE_BYTES: "100000" });
    const kept = await server.put(bytes(60_000));
    for (let round = 0; round < 3; round++) {
      const answer = await server.fetch(RENDER_SERVER_PATHS.input("0".repeat(64)), {
        method: "PUT",
        body: bytes(30_000),
      });
      await failure(answer, "bad_input");
    }
    await server.put(bytes(30_000));
    expect(await has(server, kept)).toBe(true);
  });

  test("the input cache evicts the least recently used input", async () => {
    const server = await RenderServer.forTest({ INPUT_CACHE_BYTES: "100000" });
    const [first, second] = [await server.put(bytes(40_000)), await server.put(bytes(40_000))];
    expect(await has(server, first)).toBe(true);
    const third = await server.put(bytes(40_000));
    expect(server.inputFiles().sort()).toEqual([first, third].sort());
    expect(await has(server, second)).toBe(false);
  });

  test("the input cache never evicts an input that a job is using", async () => {
    const video = colourVideo("red", 1);
    const server = await RenderServer.forTest({ INPUT_CACHE_BYTES: String(video.byteLength + 50_000) });
    const used = await server.put(video);
    const client = new AbortController();
    const job = server.render(endlessSegment(), [used], {}, { signal: client.signal }).catch(() => null);
    await server.busy();
    const other = await server.put(bytes(50_000));
    const large = bytes(50_001);
    const answer = await server.fetch(RENDER_SERVER_PATHS.input(sha256(large)), { method: "PUT", body: large });
    await failure(answer, "busy");
    expect(await has(server, used)).toBe(true);

    client.abort();
    await job;
    await server.idle();
    expect(await has(server, other)).toBe(false);
    await server.put(large);
    expect(server.inputFiles()).toEqual([sha256(large)]);
  });

  test("an input over the size limit is refused with and without a Content-Length header", async () => {
    const server = await RenderServer.forTest({ INPUT_MAX_BYTES: "1000" });
    const input = bytes(1001);
    const path = RENDER_SERVER_PATHS.input(sha256(input));
    await failure(await server.fetch(path, { method: "PUT", body: input }), "input_too_large");
    const body = new Blob([input]).stream();
    await failure(await server.fetch(path, { method: "PUT", body, duplex: "half" } as RequestInit), "input_too_large");
    expect(server.inputFiles()).toEqual([]);
  });

  test("a job with missing inputs is refused with the hashes of the missing inputs", async () => {
    const server = await RenderServer.forTest();
    const there = await server.put(bytes(100));
    const missing = sha256(bytes(10));
    const job = segment([{ input: 1 }]);
    expect(await failure(await server.render(job, [there, missing, missing]), "input_missing")).toMatchObject({
      missing: [missing],
    });
    expect((await failure(await server.probe(missing), "input_missing")).missing).toEqual([missing]);
  });

  test("complete inputs survive a crash of the render server, and partial inputs and job files are removed", async () => {
    const scratch = temporaryFolder();
    const crashed = await RenderServer.forTest({}, { scratch });
    const video = await crashed.put(colourVideo("red", 1));
    const job = crashed.render(endlessSegment(), [video]).catch(() => null);
    await crashed.busy();
    const socket = await halfPut(crashed, sha256(bytes(10)));
    socket.on("error", () => {});
    const pids = crashed.ffmpegs();
    crashed.process.kill("SIGKILL");
    await job;
    await expect.poll(() => pids.filter(isAlive), WAIT).toEqual([]);
    expect(crashed.jobFiles()).toHaveLength(1);

    const server = await RenderServer.forTest({}, { scratch });
    expect(server.jobFiles()).toEqual([]);
    expect(server.inputFiles()).toEqual([video]);
    expect((await server.render(segment([{}]), [video])).status).toBe(200);
  });
});

describeWithFfmpeg("requests", () => {
  test("the render server requires the token on every path except health", async () => {
    const server = await RenderServer.forTest({ RENDERER_TOKEN: "correct horse" });
    const input = bytes(10);
    const requests: [string, RequestInit][] = [
      [RENDER_SERVER_PATHS.input(sha256(input)), { method: "PUT", body: input }],
      [RENDER_SERVER_PATHS.render, { method: "POST", body: "{}" }],
      [RENDER_SERVER_PATHS.probe, { method: "POST", body: "{}" }],
      ["/elsewhere", {}],
    ];
    for (const authorization of ["", "Bearer wrong", "Bearer correct horse battery", "Basic correct horse"]) {
      for (const [path, init] of requests) {
        await failure(await fetch(server.origin + path, { ...init, headers: { authorization } }), "unauthorized");
      }
    }
    expect(server.inputFiles()).toEqual([]);
    await server.put(input);
    expect(await server.health()).toMatchObject({ ok: true, running: 0, queued: 0, draining: false });
  });

  test("the render server refuses a malformed request and names the invalid part", async () => {
    const server = await RenderServer.forTest();
    const post = async (path: string, body: unknown) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return (await failure(await server.fetch(path, { method: "POST", body: text }), "bad_request")).message;
    };
    const hash = sha256(bytes(10));
    const request = { job: segment([{}]), inputs: [{ sha256: hash }], limits: { seconds: 1, outputBytes: 1 } };
    const { render, probe } = RENDER_SERVER_PATHS;
    expect(await post(render, "{")).toContain("JSON");
    expect(await post(render, { ...request, job: { ...request.job, arguments: ["-i"] } })).toContain("arguments");
    expect(await post(render, { ...request, inputs: [{ sha256: "../../etc/passwd" }] })).toContain("inputs[0].sha256");
    expect(await post(render, { ...request, limits: { seconds: 0, outputBytes: 1 } })).toContain("limits.seconds");
    expect(await post(render, { ...request, job: segment([{ input: 1 }]) })).toContain(
      "input 1, but the last input is 0",
    );
    expect(await post(probe, { input: {} })).toContain("input.sha256");
    expect(await post(render, " ".repeat(9_000_000))).toContain("the request body is larger than");
    const put = await server.fetch("/inputs/..%2f..%2fjobs", { method: "PUT", body: "x" });
    expect((await failure(put, "bad_request")).message).toContain("SHA-256");
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
