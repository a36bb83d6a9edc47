import { BufferSource, Input, MP4 } from "mediabunny";
import { expect, inject, test } from "vitest";
import { maxSetbacks } from "../../../../src/tasks/retry.ts";
import type { Claim, Ticket } from "../../../../src/tasks/task-calls.ts";
import { bindings, request } from "../../support/bindings.ts";
import { type HeldTask, heldClock, plannedTask, planOf } from "../../support/tasks.ts";

heldClock();

/** The video playlist and the files that it lists, as a player reads them. URLs are paths. */
interface Watched {
  multivariant: string;
  playlist: string;
  init: string;
  segments: string[];
}

const resolve = (uri: string, base: string) => new URL(uri, `http://edgereel.test${base}`).pathname;
const status = async (url: string) => (await request(url)).status;
const bytesOf = async (url: string) => (await request(url)).bytes();

async function watch(task: HeldTask): Promise<Watched> {
  const path = `/api/v1/stream/${task.id}/final-1.m3u8`;
  const multivariant = await textOf(path);
  const playlist = resolve(urisOf(multivariant)[0] ?? "", path);
  const text = await textOf(playlist);
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? "";
  return {
    ...{ multivariant, playlist, init: resolve(init, playlist) },
    segments: urisOf(text).map((uri) => resolve(uri, playlist)),
  };
}

async function textOf(url: string): Promise<string> {
  const response = await request(url);
  expect([url, response.status]).toEqual([url, 200]);
  return new TextDecoder().decode(await response.bytes());
}

function urisOf(playlist: string): string[] {
  return playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

async function widthOf({ init, segments }: Watched): Promise<number | undefined> {
  const bytes = new Blob([await bytesOf(init), await bytesOf(segments[0] ?? "")]);
  using input = new Input({ formats: [MP4], source: new BufferSource(await bytes.arrayBuffer()) });
  return (await input.getPrimaryVideoTrack())?.getCodedWidth();
}

function ticketOf(claim: Claim): Ticket {
  if (claim.status !== "run") throw new Error(`the claim was answered with ${claim.status}`);
  return claim.ticket;
}

/** Stores a rendered segment, given in Base64, and reports its job as done. */
async function finishSegment(task: HeldTask, key: string, base64: string, ticket: Ticket): Promise<void> {
  await bindings.MEDIA.put(key, Uint8Array.fromBase64(base64));
  expect(await task.stub.complete("segment-1-1", ticket)).toBe("ok");
}

/** Reports the task's renderer as unreachable until the task gives it up. */
async function loseRenderer(task: HeldTask): Promise<void> {
  const away = { code: "renderer_unavailable", message: "away", rerun: "renderer_away", retryable: true } as const;
  for (let runs = 0; runs < maxSetbacks({ RENDERER_TRIES: 7, PROVIDER_TRIES: 8 }).unreachable; runs++) {
    await task.stub.failRun("segment-1-2", ticketOf(await task.stub.claim("segment-1-2")), away);
  }
  expect(await task.stub.get()).toMatchObject({ stage: "planning" });
}

test("a task that is planned again while it is watched gets new stream URLs, and the old URLs never return new bytes", async () => {
  const { first, larger } = inject("fixtures");
  const task = await plannedTask(2);
  await finishSegment(task, `tasks/${task.id}/segments/1.mp4`, first, { generation: 0, run: 1 });
  const before = await watch(task);
  expect(before.multivariant).toContain("RESOLUTION=64x36");
  expect(await widthOf(before)).toBe(64);
  const old = await Promise.all(
    [before.init, ...before.segments].map(async (url) => ({ url, bytes: await bytesOf(url) })),
  );

  await loseRenderer(task);
  expect(await status(`/api/v1/stream/${task.id}/final-1.m3u8`)).toBe(409);
  expect(await status(before.playlist)).toBe(404);

  const ticket = ticketOf(await task.stub.claim("plan"));
  const plan = planOf(task.id, 3);
  const key = (number: number) => `tasks/${task.id}/segments/${number}.mp4`;
  const anotherKeys = JSON.parse(JSON.stringify(plan).replaceAll("/segments/", "/segments/again-"));
  await task.stub.planned({ ...anotherKeys, width: 96, height: 54 }, ticket);
  await finishSegment(task, key(1).replace("/segments/", "/segments/again-"), larger, ticket);
  const after = await watch(task);
  expect(after.multivariant).toContain("RESOLUTION=96x54");
  expect(await widthOf(after)).toBe(96);

  expect(await status(before.playlist)).toBe(404);
  for (const { url, bytes } of old) {
    expect([after.init, ...after.segments]).not.toContain(url);
    const response = await request(url);
    if (response.status === 200) expect(await response.bytes()).toEqual(bytes);
    else expect(response.status).toBe(404);
  }
});

test.each([
  ["another plan's playlist", "final-1/plan-1/video.m3u8"],
  ["a playlist without a plan", "final-1/video.m3u8"],
  ["another plan's media segment", "final-1/plan-1/video/0.m4s"],
  ["a media segment without a plan", "final-1/video/0.m4s"],
  ["a plan number with a leading zero", "final-1/plan-00/video/0.m4s"],
])("%s answers 404", async (_, path) => {
  const task = await plannedTask(1);
  await finishSegment(task, `tasks/${task.id}/segments/1.mp4`, inject("fixtures").first, { generation: 0, run: 1 });
  expect(await status(`/api/v1/stream/${task.id}/final-1/plan-0/video/0.m4s`)).toBe(200);
  expect(await status(`/api/v1/stream/${task.id}/${path}`)).toBe(404);
});
