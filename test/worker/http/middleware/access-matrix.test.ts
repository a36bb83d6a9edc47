import { beforeAll, expect, test } from "vitest";
import { revokeKey } from "../../../../scripts/key-admin.ts";
import { collections } from "../../../../src/api/files.ts";
import { idOfApiKey, newApiKey } from "../../../../src/auth/api-key.ts";
import { linkQuery } from "../../../../src/auth/signed-link.ts";
import { MediaLibrary } from "../../../../src/db/media-files.ts";
import { createApp } from "../../../../src/http/app.ts";
import { policyFor } from "../../../../src/http/middleware/access-policy.ts";
import { askForKeys, bearer, execute, finishedTask, formOf, keyOf, SECRETS } from "../../support/access.ts";
import { bindings, request } from "../../support/bindings.ts";
import { makeTask } from "../../support/files.ts";
import { standInFile, videoProbe } from "../../support/uploads.ts";

/** The callers: each has a key, a link or nothing. */
const WHO = [
  "no key",
  "a wrong key",
  "a revoked key",
  "a key to read",
  "another owner's key",
  "an expired link",
  "a link for another file",
  "a tampered link",
  "the owner's link",
  "the owner's key",
] as const;
type Who = (typeof WHO)[number];

const OPEN = Array<number>(WHO.length).fill(200);
const LINKED = [401, 401, 401, 200, 404, 403, 403, 403, 200, 200];
/** A list shows the caller's own entries, so another owner gets 200 too. */
const LIST = [401, 401, 401, 200, 200, 401, 401, 401, 401, 200];
const UPLOAD = [401, 401, 401, 403, 200, 401, 401, 401, 401, 200];
/** Another owner has no file of that name. */
const DELETE_FILE = [401, 401, 401, 403, 404, 401, 401, 401, 401, 200];

/** These requests lack what to search for, or which picture to get. */
const WITHOUT_QUERY = LIST.map((status) => (status === 200 ? 400 : status));

/** The status that each caller gets from each operation. The first test fails if an operation is missing here. */
const EXPECTED: Record<string, number[]> = {
  "GET /docs": OPEN,
  "GET /openapi.json": OPEN,
  "GET /health": OPEN,
  // Metrics need the scope `admin`, which only the other owner's key has.
  "GET /metrics": [401, 401, 401, 403, 200, 401, 401, 401, 401, 403],
  // Another owner has no file of that name.
  "POST /api/v1/videos": [401, 401, 401, 403, 400, 401, 401, 401, 401, 200],
  "POST /api/v1/audio": UPLOAD,
  "POST /api/v1/subtitle": UPLOAD,
  "POST /api/v1/scripts": UPLOAD,
  "POST /api/v1/terms": UPLOAD,
  "POST /api/v1/social-metadata": UPLOAD,
  "POST /api/v1/caption-previews": UPLOAD,
  "GET /api/v1/abilities": LIST,
  "GET /api/v1/footage": WITHOUT_QUERY,
  "GET /api/v1/footage/thumbnail": WITHOUT_QUERY,
  "GET /api/v1/subtitle-presets": LIST,
  "GET /api/v1/voices": LIST,
  "GET /api/v1/voices/{id}/sample": LIST,
  "GET /api/v1/tasks": LIST,
  "GET /api/v1/tasks/{task_id}": LINKED,
  "GET /api/v1/tasks/{task_id}/events": LINKED,
  // The task has succeeded, so it cannot be cancelled or retried.
  "POST /api/v1/tasks/{task_id}/cancel": [401, 401, 401, 403, 404, 401, 401, 401, 401, 409],
  "POST /api/v1/tasks/{task_id}/retry": [401, 401, 401, 403, 404, 401, 401, 401, 401, 409],
  // The task has no callback_url.
  "POST /api/v1/tasks/{task_id}/webhooks/{webhook_id}/replay": [401, 401, 401, 403, 404, 401, 401, 401, 401, 404],
  "DELETE /api/v1/tasks/{task_id}": [401, 401, 401, 403, 404, 401, 401, 401, 401, 200],
  "GET /api/v1/video_materials": LIST,
  "GET /api/v1/musics": LIST,
  "GET /api/v1/narrations": LIST,
  "GET /api/v1/fonts": LIST,
  "GET /api/v1/subtitles": LIST,
  "POST /api/v1/video_materials": UPLOAD,
  "PUT /api/v1/video_materials/{name}": UPLOAD,
  "POST /api/v1/subtitles": UPLOAD,
  "DELETE /api/v1/video_materials/{name}": DELETE_FILE,
  "DELETE /api/v1/musics/{name}": DELETE_FILE,
  "DELETE /api/v1/narrations/{name}": DELETE_FILE,
  "DELETE /api/v1/fonts/{name}": DELETE_FILE,
  "DELETE /api/v1/subtitles/{name}": DELETE_FILE,
  // The test sends a video clip, so a caller who may upload gets 415.
  "POST /api/v1/musics": UPLOAD.map((status) => (status === 200 ? 415 : status)),
  "POST /api/v1/narrations": UPLOAD.map((status) => (status === 200 ? 415 : status)),
  "POST /api/v1/fonts": UPLOAD.map((status) => (status === 200 ? 415 : status)),
  // The test sends no headers of the tus protocol, so a caller who may upload gets 412 or, without an upload, 404.
  "POST /api/v1/uploads": UPLOAD.map((status) => (status === 200 ? 412 : status)),
  "GET /api/v1/uploads/{upload_id}": [401, 401, 401, 404, 404, 401, 401, 401, 401, 404],
  "PATCH /api/v1/uploads/{upload_id}": UPLOAD.map((status) => (status === 200 ? 412 : status)),
  "POST /api/v1/uploads/{upload_id}": UPLOAD.map((status) => (status === 200 ? 412 : status)),
  "DELETE /api/v1/uploads/{upload_id}": UPLOAD.map((status) => (status === 200 ? 412 : status)),
  "GET /api/v1/stream/{task_id}/{file}": LINKED,
  "GET /api/v1/download/{task_id}/{file}": LINKED,
  "GET /tasks/{task_id}/{file}": LINKED,
  "GET /api/v1/stream/{task_id}/{stream}/{plan}/{playlist}": LINKED,
  "GET /api/v1/stream/{task_id}/{stream}/{plan}/{rendition}/{segment}": LINKED,
  "GET /watch/{task_id}": LINKED,
  "POST /v1/videos": UPLOAD,
  "GET /v1/videos": LIST,
  "GET /v1/models": LIST,
  "GET /v1/videos/{task_id}": [401, 401, 401, 200, 404, 401, 401, 401, 401, 200],
  "GET /v1/videos/{task_id}/content": [401, 401, 401, 200, 404, 401, 401, 401, 401, 200],
  "POST /v1/videos/{task_id}/remix": [401, 401, 401, 403, 404, 401, 401, 401, 401, 200],
  "DELETE /v1/videos/{task_id}": [401, 401, 401, 403, 404, 401, 401, 401, 401, 200],
  // What a message may change is checked by its tool.
  "POST /mcp": LIST,
};

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; security: object[] }>>;
}
const app = createApp();
const document = (await (await app.request("/openapi.json", {}, { ...bindings, AUTH: "on" })).json()) as Document;
/** Operations that the document does not describe. */
const pages = ["GET /docs", "GET /openapi.json", "GET /watch/{task_id}", "POST /mcp"];
const operations = [
  ...Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  ),
  ...pages,
];

const keys: Partial<Record<Who, string>> = {};
let task = "";

beforeAll(async () => {
  askForKeys();
  keys["the owner's key"] = await keyOf("alice");
  keys["a key to read"] = await keyOf("alice", "read");
  keys["another owner's key"] = await keyOf("bob", "admin");
  keys["a wrong key"] = newApiKey().key;
  keys["a revoked key"] = await keyOf("alice", "admin");
  await revokeKey(execute, idOfApiKey(keys["a revoked key"]) ?? "", Date.now());
  task = (await finishedTask(keys["the owner's key"])).task_id;
  const library = new MediaLibrary(bindings.DB, "alice");
  for (const collection of collections) {
    const file = {
      collection,
      name: DOOMED,
      key: `${collection}/1/${DOOMED}`,
      size: 1,
      sha256: "00",
      probe: videoProbe,
    };
    await library.add(crypto.randomUUID(), file, Date.now());
  }
});

/** The name of a file that the owner has in each collection. It is deleted. */
const DOOMED = "doomed.mp4";

/** Values of the path parameters. They name existing files of the task. */
const PARAMETERS: Record<string, string> = {
  file: "final-1.mp4",
  stream: "final-1",
  plan: "plan-0",
  playlist: "video.m3u8",
  rendition: "audio",
  segment: "0.m4s",
  name: "put.mp4",
  webhook_id: "msg_0",
  id: "stand-in:anna",
};

const clip = standInFile();

/** The body of an operation's request, if it takes one. */
function bodyFor(operation: string): RequestInit {
  switch (operation) {
    case "POST /mcp":
      return { body: new Blob(['{"jsonrpc":"2.0","id":1,"method":"tools/list"}'], { type: "application/json" }) };
    case "POST /v1/videos":
    case "POST /v1/videos/{task_id}/remix":
      return { body: JSON.stringify({ prompt: "cats" }) };
    case "POST /api/v1/videos":
      return { body: JSON.stringify({ video_materials: [{ url: "a.mp4" }], bgm_type: "" }) };
    case "POST /api/v1/audio":
    case "POST /api/v1/subtitle":
    case "POST /api/v1/scripts":
    case "POST /api/v1/terms":
    case "POST /api/v1/social-metadata":
      return { body: JSON.stringify({ video_subject: "cats" }) };
    case "POST /api/v1/caption-previews":
      return { body: JSON.stringify({ video_script: "cats" }) };
    case "POST /api/v1/subtitles":
      return { body: formOf("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n") };
    case "PUT /api/v1/video_materials/{name}":
      return { body: clip };
    case "POST /api/v1/fonts":
      return { body: formOf("a.ttf", clip) };
    case "POST /api/v1/musics":
    case "POST /api/v1/narrations":
      return { body: formOf("a.mp3", clip) };
    case "POST /api/v1/video_materials":
      return { body: formOf("b.mp4", clip) };
    default:
      return {};
  }
}

/** Sends an operation's request as the given caller. */
async function ask(operation: string, who: Who): Promise<Response> {
  const [method = "", template = ""] = operation.split(" ");
  // The caller who may delete gets another task, so that the shared one stays.
  const doomed = method === "DELETE" && who === "the owner's key" ? await makeTask(1, "alice") : task;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "task_id" ? doomed : name === "name" && method === "DELETE" ? DOOMED : (PARAMETERS[name] ?? ""),
  );
  const key = keys[who];
  const init = { method, ...bodyFor(operation), headers: key === undefined ? {} : bearer(key) };
  return request(path + linkOf(path, who), init);
}

/** The query of a caller's link to a path, or `""`. If links do not open the path, the link is for the task. */
function linkOf(path: string, who: Who): string {
  const policy = policyFor("GET", path);
  const signed = policy.kind === "link" ? policy.path : task;
  const now = Math.floor(Date.now() / 1000);
  const good = linkQuery(SECRETS[0], signed, now + 600);
  switch (who) {
    case "the owner's link":
      return good;
    case "an expired link":
      return linkQuery(SECRETS[0], signed, now - 1);
    case "a link for another file":
      return linkQuery(SECRETS[0], signed === task ? `${task}/final-1.mp4` : `${task}/combined-1.mp4`, now + 600);
    case "a tampered link":
      return good.replace(/expires=(\d+)/, (_, end) => `expires=${Number(end) + 1}`);
    default:
      return "";
  }
}

test("the access table lists every documented operation, every page and /mcp, and nothing else", () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual(operations.toSorted());
  const served = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  expect(new Set(served)).toEqual(new Set(operations));
});

test.each(Object.entries(EXPECTED))("%s answers each caller as the access table says", async (operation, expected) => {
  const seen: Partial<Record<Who, number>> = {};
  for (const who of WHO) {
    const answer = await ask(operation, who);
    seen[who] = answer.status;
    const text = new TextDecoder().decode(await answer.bytes());
    if (answer.status < 400) continue;
    expect(text).not.toMatch(/alice|bob|er_/);
    // A page shows the error as HTML.
    if (answer.headers.get("content-type")?.startsWith("text/html")) continue;
    const form = operation.includes(" /v1/")
      ? { error: { message: expect.any(String), type: expect.any(String), param: null, code: expect.any(String) } }
      : { status: answer.status, message: expect.any(String), data: null };
    expect(JSON.parse(text), who).toEqual(form);
    expect(answer.headers.has("www-authenticate"), who).toBe(answer.status === 401 || text.includes("needs the scope"));
  }
  expect(seen).toEqual(Object.fromEntries(WHO.map((who, index) => [who, expected[index]])));
});

test.each(Object.keys(EXPECTED).filter((operation) => !pages.includes(operation)))(
  "the OpenAPI entry of %s lists its error statuses and security schemes",
  (operation) => {
    const [method = "", path = ""] = operation.split(" ");
    const { responses, security } = document.paths[path]?.[method.toLowerCase()] ?? { responses: {}, security: [] };
    for (const status of EXPECTED[operation] ?? []) expect(Object.keys(responses)).toContain(String(status));
    const open = EXPECTED[operation] === OPEN;
    expect(security.length === 0).toBe(open);
    expect(security.some((scheme) => "link" in scheme)).toBe(EXPECTED[operation] === LINKED);
    if (!open) expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "403", "429", "503"]));
  },
);

test.each(Object.entries(EXPECTED).filter(([operation]) => operation.includes("{task_id}")))(
  "%s answers the same for another owner's task and for a missing task",
  async (operation) => {
    const absent = crypto.randomUUID();
    const answers: string[] = [];
    for (const id of [task, absent]) {
      const [method = "", template = ""] = operation.split(" ");
      const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
        name === "task_id" ? id : (PARAMETERS[name] ?? ""),
      );
      const answer = await request(path, { method, headers: bearer(keys["another owner's key"] ?? "") });
      const fields = [...answer.headers].filter(([name]) => name !== "server-timing");
      const text = new TextDecoder().decode(await answer.bytes());
      answers.push(JSON.stringify([answer.status, fields, text]).replaceAll(id, "ID"));
    }
    expect(answers[0]).toBe(answers[1]);
  },
);
