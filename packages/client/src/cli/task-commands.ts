import type { Collection, Task, TaskQuery } from "../types.ts";
import { type CommandContext, clientOf, type GlobalOptions } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { follow, save, videoFiles } from "./follow.ts";
import { uploadPath } from "./local-files.ts";
import { table } from "./table.ts";

const STATES = { processing: "4", succeeded: "1", failed: "-1" } as const;
const COLLECTIONS = ["video_materials", "musics", "narrations", "fonts", "subtitles"] as const;

/** `edgereel tasks`: lists tasks, or shows one. */
export async function tasks(
  id: string | undefined,
  options: GlobalOptions & { state?: string; limit?: string },
  context: CommandContext,
): Promise<void> {
  const client = clientOf(context, options);
  const { stdout, signal } = context;
  if (id !== undefined) {
    const task = await client.getTask(id, { signal });
    stdout.write(options.json ? `${JSON.stringify(task)}\n` : describe(task));
    return;
  }
  const limit = Number(options.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError("--limit: must be a whole number from 1");
  const state = options.state === undefined ? undefined : STATES[options.state as keyof typeof STATES];
  if (options.state !== undefined && state === undefined) {
    throw new UsageError(`--state: must be ${Object.keys(STATES).join(", ")}`);
  }
  const found: Task[] = [];
  let cursor: string | null | undefined;
  while (found.length < limit && cursor !== null) {
    const query: TaskQuery = { page_size: Math.min(100, limit - found.length) };
    if (state !== undefined) query.state = state;
    if (cursor !== undefined) query.cursor = cursor;
    const page = await client.listTasks(query, { signal });
    found.push(...page.tasks);
    cursor = page.next_cursor;
  }
  if (options.json) stdout.write(`${JSON.stringify(found)}\n`);
  else {
    const rows = found.map((task) => [
      task.task_id,
      task.stage,
      `${task.progress} %`,
      task.created_at.slice(0, 16).replace("T", " "),
      task.video_subject,
    ]);
    stdout.write(table(["task", "stage", "progress", "created (UTC)", "subject"], rows));
  }
}

function describe(task: Task): string {
  const lines: [string, string][] = [
    ["task", task.task_id],
    ["stage", `${task.stage}, ${task.progress} %`],
    ["subject", task.video_subject],
    ["watch", task.watch],
    ...task.videos.map((url): [string, string] => ["video", url]),
    ...(task.failure ? [["error", `${task.failure.code}: ${task.failure.message}`] as [string, string]] : []),
    ...(task.warnings ?? []).map(({ message }): [string, string] => ["warning", message]),
  ];
  return lines
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(8)} ${value}\n`)
    .join("");
}

/** `edgereel watch`: shows the progress of a task until it has ended. */
export async function watch(id: string, options: GlobalOptions, context: CommandContext): Promise<void> {
  const task = await follow(clientOf(context, options), id, context, options);
  context.stdout.write(options.json ? `${JSON.stringify(task)}\n` : describe(task));
}

/** `edgereel cancel`, `retry` and `delete`. */
export async function steer(
  action: "cancel" | "retry" | "delete",
  ids: readonly string[],
  options: GlobalOptions,
  context: CommandContext,
): Promise<void> {
  const client = clientOf(context, options);
  for (const id of ids) {
    await client[action](id, { signal: context.signal });
    if (options.json) context.stdout.write(`${JSON.stringify({ task_id: id, action })}\n`);
  }
}

/** `edgereel download`: saves files of a task. */
export async function download(
  id: string,
  files: readonly string[],
  options: GlobalOptions & { output?: string },
  context: CommandContext,
): Promise<void> {
  const client = clientOf(context, options);
  const names = files.length > 0 ? files : videoFiles(await client.getTask(id, { signal: context.signal }));
  if (names.length === 0) throw new UsageError(`task ${id} has no videos yet; follow it with: edgereel watch ${id}`);
  if (options.output !== undefined && names.length > 1) throw new UsageError("--output: needs exactly one file");
  const saved: string[] = [];
  for (const name of names) {
    const path = options.output ?? name;
    await save(client, id, name, path, context);
    if (path !== "-") saved.push(path);
  }
  if (options.json) context.stdout.write(`${JSON.stringify({ task_id: id, saved })}\n`);
  else for (const path of saved) context.stdout.write(`${path}\n`);
}

/** `edgereel upload`: uploads files. */
export async function upload(
  paths: readonly string[],
  options: GlobalOptions & { to?: string; name?: string },
  context: CommandContext,
): Promise<void> {
  const { to, name } = options;
  if (to !== undefined && !COLLECTIONS.some((known) => known === to)) {
    throw new UsageError(`--to: must be one of ${COLLECTIONS.join(", ")}`);
  }
  if (name !== undefined && paths.length > 1) throw new UsageError("--name: needs exactly one file");
  const client = clientOf(context, options);
  for (const path of paths) {
    const file = await uploadPath(client, path, { name, collection: to as Collection | undefined }, context, options);
    context.stdout.write(options.json ? `${JSON.stringify(file)}\n` : `${file.file}\n`);
  }
}

/** `edgereel voices`: lists the voices. */
export async function voices(options: GlobalOptions, context: CommandContext): Promise<void> {
  const found = await clientOf(context, options).listVoices({ signal: context.signal });
  if (options.json) context.stdout.write(`${JSON.stringify(found)}\n`);
  else {
    const rows = found.map((voice) => [voice.id, voice.language, voice.name]);
    context.stdout.write(table(["voice", "language", "name"], rows));
  }
}
