// Runs the API Worker in Miniflare, in a process of its own so that it can be killed: host.ts CONFIG STATE PORT VARS AUTHOR.
// It has the bindings of wrangler.toml and starts much faster than `wrangler dev`.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { HostConfig } from "./build.ts";

const [path = "", state = "", port = "", vars = "{}", authorSettings = "{}"] = process.argv.slice(2);
const { bundle, wasm, author, options, migrations } = JSON.parse(await readFile(path, "utf8")) as HostConfig;
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: Number(port),
    // The same subfolder as `wrangler dev` uses.
    resourcePersistencePath: join(state, "v3"),
    unsafeTriggerHandlers: true,
    cf: false,
    handleStructuredLogs: ({ message }) => console.log(message),
    workers: [
      {
        ...options,
        name: "edgereel",
        modules: [{ type: "ESModule", path: bundle }],
        modulesRoot: dirname(bundle),
        bindings: { ...(options.bindings as object), ...(JSON.parse(vars) as Record<string, string>) },
        serviceBindings: {
          ...(wasm ? { WASM: { name: wasm.name, entrypoint: "WasmRenderer" } } : {}),
          ...(author ? { AUTHOR: { name: author.name, entrypoint: "Author" } } : {}),
        },
      },
      ...(author
        ? [
            {
              ...author.options,
              name: author.name,
              modules: [{ type: "ESModule" as const, path: author.bundle }],
              modulesRoot: dirname(author.bundle),
              bindings: JSON.parse(authorSettings) as Record<string, string>,
            },
          ]
        : []),
      ...(wasm ? [{ ...wasm.options, name: wasm.name, modules: wasm.modules, modulesRoot: wasm.root }] : []),
    ],
  }),
);
await miniflare.ready;

const database = await miniflare.getD1Database("DB");
if (!(await database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tasks'").first())) {
  for (const statement of migrations) await database.prepare(statement).run();
}
console.log("Ready on", port);
