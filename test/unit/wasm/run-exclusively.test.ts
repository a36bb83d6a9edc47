import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";

const RENDERER = `
  import { WorkerEntrypoint } from "cloudflare:workers";
  import { runExclusively } from "./run-exclusively.js";
  const came = [], done = [];
  let atOnce = 0, most = 0;
  export class Renderer extends WorkerEntrypoint {
    render(name, open) {
      came.push(name);
      return runExclusively(async () => {
        most = Math.max(most, ++atOnce);
        try {
          await open?.();
          await scheduler.wait(50);
          if (name === "broken") throw new Error("a broken job");
          done.push(name);
        } finally {
          atOnce--;
        }
      });
    }
    seen() { return { came, done, most }; }
  }
  export default { fetch: () => new Response() };
`;

const CALLER = `
  export default {
    async fetch(request, env) {
      const name = new URL(request.url).pathname.slice(1);
      if (name === "seen") return Response.json(await env.RENDERER.seen());
      if (name.startsWith("leaves")) {
        env.RENDERER.render(name, () => new Promise(() => {})).catch(() => {});
        await scheduler.wait(100);
        return new Response("left");
      }
      return env.RENDERER.render(name).then(() => new Response("rendered"), ({ message }) => new Response(message));
    },
  };
`;

let miniflare: Miniflare;

beforeAll(async () => {
  const turns = stripTypeScriptTypes(await readFile("wasm/src/run-exclusively.ts", "utf8"));
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      workers: [
        {
          name: "caller",
          modules: true,
          script: CALLER,
          compatibilityDate: "2026-01-01",
          serviceBindings: { RENDERER: { name: "renderer", entrypoint: "Renderer" } },
        },
        {
          name: "renderer",
          compatibilityDate: "2026-01-01",
          modulesRoot: "/",
          modules: [
            { type: "ESModule", path: "/index.js", contents: RENDERER },
            { type: "ESModule", path: "/run-exclusively.js", contents: turns },
          ],
        },
      ],
    }),
  );
  await miniflare.ready;
});

afterAll(() => miniflare?.dispose());

const ask = async (name: string) => (await miniflare.dispatchFetch(`http://caller/${name}`)).text();

test("runExclusively runs jobs one at a time, in the order of their arrival", async () => {
  await Promise.all(Array.from({ length: 12 }, (_, index) => ask(`job-${index}`)));
  const { came, done, most } = JSON.parse(await ask("seen"));
  expect(done).toHaveLength(12);
  expect(done).toEqual(came);
  expect(most).toBe(1);
});

test("runExclusively goes on with the next job if a caller disconnects or a job fails", async () => {
  const answers = await Promise.all(["first", "leaves-1", "leaves-2", "broken", "second"].map(ask));
  expect(answers).toEqual(["rendered", "left", "left", "a broken job", "rendered"]);
  expect(await ask("third")).toBe("rendered");
  const { done } = JSON.parse(await ask("seen"));
  expect(done.slice(-3).toSorted()).toEqual(["first", "second", "third"]);
  expect(done.at(-1)).toBe("third");
});
