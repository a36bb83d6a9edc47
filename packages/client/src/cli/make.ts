import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Edgereel } from "../edgereel.ts";
import type { Task, VideoRequest } from "../types.ts";
import { type CommandContext, clientOf, type GlobalOptions } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { follow, save, videoFiles } from "./follow.ts";
import { isFile, nameForRequest } from "./local-files.ts";

/** Options of `edgereel make`. */
export interface MakeOptions extends GlobalOptions {
  script?: string;
  clip?: string[];
  narration?: string;
  music?: string;
  subtitles?: string;
  voice?: string;
  aspect?: string;
  preset?: string;
  request?: string;
  set?: string[];
  output?: string;
  open?: boolean;
  wait?: boolean;
  dryRun?: boolean;
  idempotencyKey?: string;
}

/** `edgereel make`: creates a video and saves it. */
export async function make(subject: string | undefined, options: MakeOptions, context: CommandContext): Promise<void> {
  const client = clientOf(context, options);
  const { stdout, stderr, signal } = context;
  const request = await buildRequest(client, subject, options, context);
  if (options.dryRun) {
    stdout.write(`${JSON.stringify(await client.plan(request, { signal }), null, 2)}\n`);
    return;
  }
  const { task_id } = await client.createVideo(request, { idempotencyKey: options.idempotencyKey, signal });
  if (options.wait === false) {
    stdout.write(options.json ? `${JSON.stringify({ task_id })}\n` : `${task_id}\n`);
    return;
  }
  if (!options.quiet && !options.json) stderr.write(`Task ${task_id}\n`);
  const task = await follow(client, task_id, context, options);
  const saved = await saveVideos(client, task, options, context);
  if (options.json && options.output !== "-") stdout.write(`${JSON.stringify({ ...task, saved })}\n`);
  else if (options.output !== "-") for (const path of saved) stdout.write(`${path}\n`);
  if (options.open && saved[0] !== undefined) openFile(saved[0]);
}

/** The request that the arguments describe. Uploads the files of this machine that they name. */
export async function buildRequest(
  client: Edgereel,
  subject: string | undefined,
  options: MakeOptions,
  context: CommandContext,
): Promise<VideoRequest> {
  const file = (value: string, collection: Parameters<typeof nameForRequest>[2]) =>
    nameForRequest(client, value, collection, context, options);
  const request: Record<string, unknown> = options.request === undefined ? {} : await readRequest(options.request);
  Object.assign(request, await textFields(subject, options.script, context));
  if (options.clip?.length) {
    const urls: string[] = [];
    for (const clip of options.clip) urls.push(await file(clip, "video_materials"));
    request.video_materials = urls.map((url) => ({ url }));
  }
  if (options.narration !== undefined) request.custom_audio_file = await file(options.narration, "narrations");
  if (options.music !== undefined) request.bgm_file = await file(options.music, "musics");
  if (options.subtitles !== undefined) request.subtitle_file = await file(options.subtitles, "subtitles");
  if (options.voice !== undefined) request.voice_name = options.voice;
  if (options.aspect !== undefined) request.video_aspect = options.aspect;
  if (options.preset !== undefined) request.preset = options.preset;
  Object.assign(request, parseFields(options.set ?? []));
  if (Object.keys(request).length === 0) {
    throw new UsageError("give a subject, a script file, or - to read a script from standard input");
  }
  return request as VideoRequest;
}

async function textFields(
  subject: string | undefined,
  script: string | undefined,
  { stdin }: CommandContext,
): Promise<Record<string, string>> {
  const scriptFile = script ?? (subject === "-" || (subject && (await isFile(subject))) ? subject : undefined);
  if (scriptFile === undefined) return subject === undefined ? {} : { video_subject: subject };
  if (scriptFile !== "-" && !(await isFile(scriptFile))) throw new UsageError(`${scriptFile}: there is no such file`);
  const content = scriptFile === "-" ? await text(stdin) : await readFile(scriptFile, "utf8");
  if (content.trim() === "") throw new UsageError(`${scriptFile === "-" ? "standard input" : scriptFile}: is empty`);
  return { video_script: content.trim(), ...(script && subject !== undefined ? { video_subject: subject } : {}) };
}

async function readRequest(path: string): Promise<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new UsageError(`${path}: must be a JSON object, the body of POST /api/v1/videos`);
  }
  return { ...body };
}

/** Parses `field=value`. A value that is JSON keeps its type; any other value is text. */
export function parseFields(fields: readonly string[]): Record<string, unknown> {
  const entries = fields.map((field): [string, unknown] => {
    const at = field.indexOf("=");
    if (at < 1) throw new UsageError(`--set ${field}: must be field=value`);
    const value = field.slice(at + 1);
    try {
      return [field.slice(0, at), JSON.parse(value)];
    } catch {
      return [field.slice(0, at), value];
    }
  });
  return Object.fromEntries(entries);
}

async function saveVideos(
  client: Edgereel,
  task: Task,
  { output }: MakeOptions,
  context: CommandContext,
): Promise<string[]> {
  const paths = outputPaths(task, output);
  for (const [index, file] of videoFiles(task).entries()) {
    const path = paths[index];
    if (path === undefined || (path === "-" && index > 0)) break;
    await save(client, task, file, path, context);
  }
  return paths;
}

/** Where each video of a task is saved: `cats.mp4`, and `cats-2.mp4` for the second one. */
export function outputPaths(task: Task, output = `${slugOf(task)}.mp4`): string[] {
  return task.videos.map((_, index) => {
    if (index === 0 || output === "-") return output;
    const dot = output.lastIndexOf(".");
    const [stem, extension] = dot > 0 ? [output.slice(0, dot), output.slice(dot)] : [output, ""];
    return `${stem}-${index + 1}${extension}`;
  });
}

/** A file name without spaces: the subject and the start of the task's id. */
function slugOf({ video_subject, task_id }: Task): string {
  const words =
    video_subject
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const slug = [...words.join("-")].slice(0, 60).join("");
  return `${slug || "video"}-${task_id.slice(0, 8)}`;
}

/** Opens a file with the program that this machine uses for it. */
function openFile(path: string): void {
  const [program, ...args]: [string, ...string[]] =
    process.platform === "darwin"
      ? ["open", path]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", path]
        : ["xdg-open", path];
  const child = spawn(program, args, { detached: true, stdio: "ignore" });
  child.on("error", () => process.stderr.write(`${program}: not found; open ${path} yourself\n`));
  child.unref();
}
