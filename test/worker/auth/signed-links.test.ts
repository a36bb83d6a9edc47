import { beforeAll, expect, test } from "vitest";
import type { TaskData } from "../../../src/api/task.ts";
import { linkQuery } from "../../../src/auth/signed-link.ts";
import { addressesOf, askForKeys, bearer, finishedTask, keyOf, open, postAs, SECRETS } from "../support/access.ts";
import { bindings, call, request } from "../support/bindings.ts";
import { makeTask } from "../support/files.ts";

let key = "";
let task: TaskData;

beforeAll(async () => {
  askForKeys();
  key = await keyOf("alice");
  task = await finishedTask(key);
});

const read = async (id = task.task_id, init: RequestInit = { headers: bearer(key) }) =>
  (await call<TaskData>(`/api/v1/tasks/${id}`, init)).data;
const textOf = async (answer: Response) => new TextDecoder().decode(await answer.bytes());
const statusOf = async (address: string, init?: RequestInit) => {
  const answer = await open(address, init);
  await answer.bytes();
  return answer.status;
};

/** The expiry and signature of a URL as a query string, whether they are in its query or in its path. */
function queryOf(address: string): string {
  const { search, pathname } = new URL(address);
  const [, expires, signature] = /^\/link\/(\d+)\.([^/]+)\//.exec(pathname) ?? [];
  return search === "" && expires ? `?expires=${expires}&signature=${signature}` : search;
}
const endOf = (address: string) => Number(new URLSearchParams(queryOf(address)).get("expires"));
const unsigned = (address: string) => (address.split("?")[0] ?? "").replace(/\/link\/[^/]+/, "");

/** A URL with the signature of another one. */
const signedAs = (address: string, other: string) => unsigned(address) + queryOf(other);

test("each URL in a task's data opens its own resource without a key, and its signature opens no other", async () => {
  const addresses = addressesOf(task);
  expect(addresses).toHaveLength(7);
  for (const address of addresses) {
    expect(await statusOf(address), address).toBe(200);
    expect(await statusOf(unsigned(address)), address).toBe(401);
    for (const other of addresses) {
      if (other !== address) expect(await statusOf(signedAs(address, other)), `${address} by ${other}`).toBe(403);
    }
  }
});

test("a file's link works on every file route, also with Range and HEAD", async () => {
  const [final = ""] = task.videos;
  expect(final).toMatch(new RegExp(`^http://edgereel.test/link/[\\w.-]+/tasks/${task.task_id}/final-1\\.mp4$`));
  const [, link] = new URL(final).pathname.match(/^(\/link\/[^/]+)\//) ?? [];
  const addresses = ["/tasks", "/api/v1/stream", "/api/v1/download"].flatMap((prefix) => {
    const path = `${prefix}/${task.task_id}/final-1.mp4`;
    return [path + queryOf(final), link + path];
  });
  for (const path of addresses) {
    const part = await request(path, { headers: { range: "bytes=4-7" } });
    expect([part.status, await textOf(part)]).toEqual([206, "ftyp"]);
    expect((await request(path, { method: "HEAD" })).status).toBe(200);
    expect((await request(path, { method: "DELETE" })).status).toBe(405);
  }
});

test("repeated reads and lists of a task return the same links, so that cached files are found", async () => {
  const list = await call<{ tasks: TaskData[] }>("/api/v1/tasks", { headers: bearer(key) });
  expect(addressesOf(await read())).toEqual(addressesOf(task));
  expect(addressesOf(list.data.tasks[0] as TaskData)).toEqual(addressesOf(task));
  const left = endOf(task.watch) - Date.now() / 1000;
  expect(left).toBeGreaterThan(86_000);
  expect(left).toBeLessThan(86_400 * 1.05);
});

test("a cached file is refused without a valid link or the owner's key", async () => {
  const [final = ""] = task.videos;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await open(final);
    await answer.bytes();
    if (answer.headers.get("x-edgereel-cache") === "HIT") break;
  }
  const again = signedAs(final, `http://x/${linkQuery(SECRETS[0], `${task.task_id}/final-1.mp4`, endOf(final) + 1)}`);
  const hit = await open(again);
  await hit.bytes();
  // Another link to the same file uses the same cache entry.
  expect([hit.status, hit.headers.get("x-edgereel-cache")]).toEqual([200, "HIT"]);
  expect(await statusOf(unsigned(final))).toBe(401);
  expect(await statusOf(unsigned(final), { headers: bearer(await keyOf("bob")) })).toBe(404);
  expect(await statusOf(unsigned(final), { headers: bearer(await keyOf("alice", "read")) })).toBe(200);
});

/** The URLs in a playlist, resolved as a player does. */
async function children(address: string, init?: RequestInit): Promise<string[]> {
  const answer = await open(address, init);
  expect(answer.status).toBe(200);
  const text = await textOf(answer);
  const attributes = [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri ?? "");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return [...attributes, ...lines].map((uri) => new URL(uri, address).href);
}

test("an HLS stream opened by a link plays by links alone, each for one file and with the same expiry", async () => {
  const [stream = ""] = task.streams;
  const playlists = await children(stream);
  expect(playlists.map((address) => new URL(address).pathname.split("/").at(-1))).toEqual(["audio.m3u8", "video.m3u8"]);
  const pieces = (await Promise.all(playlists.map((address) => children(address)))).flat();
  expect(pieces).toHaveLength(4);
  const all = [...playlists, ...pieces];
  for (const address of all) {
    expect(endOf(address)).toBe(endOf(stream));
    expect(await statusOf(address), address).toBe(200);
    expect(await statusOf(unsigned(address))).toBe(401);
    for (const other of [stream, ...all]) {
      if (other !== address) expect(await statusOf(signedAs(address, other))).toBe(403);
    }
  }
});

test("an HLS stream opened with a key lists unsigned URLs that the key opens", async () => {
  const init = { headers: bearer(key) };
  const playlists = await children(`http://edgereel.test/api/v1/stream/${task.task_id}/final-1.m3u8`, init);
  const pieces = (await Promise.all(playlists.map((address) => children(address, init)))).flat();
  for (const address of [...playlists, ...pieces]) {
    expect(address).not.toContain("?");
    expect(await statusOf(address, init)).toBe(200);
  }
});

test("a storyboard refers to its image by a signed link if a link opened it, and by a plain name if a key did", async () => {
  const [storyboard] = task.storyboards;
  if (!storyboard) throw new Error("there is a storyboard");
  const answer = await open(storyboard.vtt);
  expect(answer.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
  const [, reference = "", place] = /\n(final-1-storyboard\.jpg\S*)#(\S+)\n/.exec(await textOf(answer)) ?? [];
  expect(place).toBe("xywh=0,0,160,90");
  const image = new URL(reference, storyboard.vtt).href;
  expect([unsigned(image), queryOf(image)]).toEqual([unsigned(storyboard.image), queryOf(storyboard.image)]);
  expect(await statusOf(image)).toBe(200);
  const known = { headers: { "if-none-match": answer.headers.get("etag") ?? "" } };
  expect(await statusOf(storyboard.vtt, known)).toBe(304);
  const plain = await textOf(await open(unsigned(storyboard.vtt), { headers: bearer(key) }));
  expect(plain).toContain("\nfinal-1-storyboard.jpg#xywh=");
});

test("the watch page carries a link for its API calls, which return links with the same expiry", async () => {
  const page = await textOf(await open(task.watch));
  const link = (/data-link="([^"]*)"/.exec(page)?.[1] ?? "").replaceAll("&amp;", "&");
  expect(link).toBe(new URL(task.watch).search);
  const early = linkQuery(SECRETS[0], task.task_id, Math.floor(Date.now() / 1000) + 30);
  const seen = (await call<TaskData>(`/api/v1/tasks/${task.task_id}${early}`)).data;
  for (const address of addressesOf(seen)) {
    expect(endOf(address)).toBe(endOf(`http://x/${early}`));
    expect(await statusOf(address)).toBe(200);
  }
  const events = await textOf(await request(`/api/v1/tasks/${task.task_id}/events${early}`));
  expect(events).toContain(seen.watch);
});

test("the watch page contains a link only if the key's owner has the task", async () => {
  const path = `/watch/${task.task_id}`;
  const own = await textOf(await request(path, { headers: bearer(key) }));
  expect(own).toContain('data-link="?expires=');
  const other = await request(path, { headers: bearer(await keyOf("bob", "admin")) });
  expect(other.status).toBe(404);
  expect(await textOf(other)).not.toContain("expires=");
});

test("a browser that opens the watch page without a valid link gets a page that says so", async () => {
  const expired = linkQuery(SECRETS[0], task.task_id, Math.floor(Date.now() / 1000) - 60);
  for (const [link, status, heading] of [
    ["", 401, "This video is not public"],
    [expired, 403, "This link does not work any more"],
    ["?expires=1&signature=x", 403, "This link does not work any more"],
  ] as const) {
    const path = `/watch/${task.task_id}${link}`;
    const page = await request(path, { headers: { accept: "text/html,*/*;q=0.8" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([status, "text/html; charset=UTF-8"]);
    expect(page.headers.get("content-security-policy")).toContain("style-src 'self'");
    expect(await textOf(page)).toContain(`<h1>${heading}</h1>`);
    const other = await request(path);
    expect([other.status, other.headers.get("content-type")]).toEqual([status, "application/json"]);
    await other.body?.cancel();
  }
});

test("an unfinished video answers 409 to a valid link, and its task lists no video yet", async () => {
  const unfinished = await makeTask(1, "alice");
  const link = linkQuery(SECRETS[0], `${unfinished}/final-1.mp4`, Math.floor(Date.now() / 1000) + 60);
  expect((await request(`/tasks/${unfinished}/final-1.mp4${link}`)).status).toBe(409);
  expect((await read(unfinished)).videos).toEqual([]);
});

test("a link signed with the previous secret is valid, and one signed with a removed secret is refused", async () => {
  const path = `${task.task_id}/final-1.mp4`;
  const end = Math.floor(Date.now() / 1000) + 60;
  const old = linkQuery(SECRETS[1], path, end);
  expect((await request(`/tasks/${path}${old}`)).status).toBe(200);
  expect((await request(`/tasks/${path}${linkQuery("x".repeat(32), path, end)}`)).status).toBe(403);
  askForKeys({ LINK_SECRETS: SECRETS[0] });
  try {
    expect((await request(`/tasks/${path}${old}`)).status).toBe(403);
  } finally {
    askForKeys();
  }
});

test("an expired link answers 403 with its expiry time, and a link for another address answers 403", async () => {
  const path = `${task.task_id}/final-1.mp4`;
  const expired = await call(`/tasks/${path}${linkQuery(SECRETS[0], path, 1_700_000_000)}`);
  expect(expired).toMatchObject({ status: 403, message: expect.stringContaining("expired at 2023-11-14T22:13:20") });
  const other = await call(`/tasks/${path}${new URL(task.watch).search}`);
  expect(other).toMatchObject({ status: 403, message: expect.stringContaining("is invalid or for another URL") });
  for (const query of ["?expires=1", "?signature=x", `${queryOf(task.videos[0] ?? "")}&expires=1`]) {
    expect((await call(`/tasks/${path}${query}`)).status).toBe(403);
  }
});

test("a link cannot delete or retry a task", async () => {
  const { search } = new URL(task.watch);
  expect((await call(`/api/v1/tasks/${task.task_id}${search}`, { method: "DELETE" })).status).toBe(401);
  expect((await call(`/api/v1/tasks/${task.task_id}/retry${search}`, { method: "POST" })).status).toBe(401);
});

test("a service with AUTH=off signs no links and treats every client as the default owner", async () => {
  const mine = (await postAs<{ task_id: string }>(key, "/api/v1/videos", { video_materials: [{ url: "a.mp4" }] })).data;
  Object.assign(bindings, { AUTH: "off" });
  try {
    const made = await makeTask();
    const data = await read(made, {});
    expect(data.watch).toBe(`http://edgereel.test/watch/${made}`);
    expect((await call(`/api/v1/tasks/${mine.task_id}`)).status).toBe(404);
    expect((await request(`/tasks/${task.task_id}/final-1.mp4`)).status).toBe(404);
  } finally {
    askForKeys();
  }
});
