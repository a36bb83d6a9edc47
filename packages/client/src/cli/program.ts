import { Command, CommanderError } from "commander";
import { EdgereelError } from "../edgereel-error.ts";
import { completion } from "./completion.ts";
import { type CommandContext, type GlobalOptions, hintFor, serviceUrl } from "./context.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { make } from "./make.ts";
import { keys, type ServeOptions, serve } from "./server-package.ts";
import { download, steer, tasks, upload, voices, watch } from "./task-commands.ts";

const ENVIRONMENT = `
Environment:
  EDGEREEL_URL      address of the service; default http://localhost:8080
  EDGEREEL_API_KEY  API key of the service; none is needed if it runs with AUTH=off

Exit codes:
  0 done   1 error   2 wrong arguments   3 the service refused the request   4 the task failed
  5 the service did not answer   6 the API key is missing or may not do this   130 Ctrl-C`;

/** Runs one command line. Returns its exit code. */
export async function run(args: readonly string[], context: CommandContext, version: string): Promise<number> {
  const outcome = { code: EXIT.ok as number };
  const program = buildProgram(context, version, outcome);
  try {
    await program.parseAsync(args, { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (context.signal.aborted) return EXIT.interrupted;
    report(error, program.opts(), context);
    return exitCodeOf(error);
  }
}

function report(error: unknown, options: GlobalOptions, context: CommandContext): void {
  const { stderr, env } = context;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof EdgereelError)) {
    stderr.write(options.json ? `${JSON.stringify({ error: { message } })}\n` : `edgereel: ${message}\n`);
    return;
  }
  const { code, status, field, retryable, retryAfter, task } = error;
  if (options.json) {
    const details = {
      code,
      message,
      status,
      field,
      retryable,
      retry_after: retryAfter,
      task_id: task?.task_id ?? null,
    };
    stderr.write(`${JSON.stringify({ error: details })}\n`);
    return;
  }
  stderr.write(`edgereel: ${code === null ? "" : `${code}: `}${message}\n`);
  const hint = hintFor(error, serviceUrl(context, options), Boolean(env.EDGEREEL_API_KEY));
  if (hint !== null) stderr.write(`${hint}\n`);
  if (task && retryable) stderr.write(`Try again with: edgereel retry ${task.task_id}\n`);
}

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

function buildProgram(context: CommandContext, version: string, outcome: { code: number }): Command {
  const program = new Command("edgereel")
    .description("Makes videos with an Edgereel service.")
    .version(version)
    .option("--url <address>", "address of the service (default: EDGEREEL_URL)")
    .option("--json", "print results and errors as JSON, and no progress")
    .option("--quiet", "print no progress")
    .addHelpText("after", ENVIRONMENT)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .showHelpAfterError("(add --help for the options)");
  const options = <T extends object>(own: T): T & GlobalOptions => ({ ...program.opts<GlobalOptions>(), ...own });

  program
    .command("make")
    .description("create a video, wait for it and save it")
    .argument("[subject]", "what the video is about; or a file with its script; or - to read the script from stdin")
    .option("--script <file>", "file with the script, or -; the subject is then the title")
    .option("--clip <file>", "clip or image: a file, a URL or the name of an upload; repeat it for more", collect)
    .option("--narration <file>", "speech to use instead of a voice")
    .option("--music <file>", "background music")
    .option("--subtitles <file>", "subtitle file: srt or vtt")
    .option("--voice <name>", "voice that speaks the script; see edgereel voices")
    .option("--aspect <ratio>", "9:16, 16:9, 1:1 or 3:4")
    .option("--preset <name>", "preset of the service")
    .option("--request <file>", "JSON body of POST /api/v1/videos, which the other options change")
    .option("--set <field=value>", "any field of the request; the value is JSON or text; repeat it for more", collect)
    .option("-o, --output <file>", "where to save the video; - is stdout (default: named after the subject)")
    .option("--open", "open the video when it is saved")
    .option("--no-wait", "print the task's id and do not wait")
    .option("--dry-run", "print the plan and create nothing")
    .option("--idempotency-key <key>", "a second call with this key creates no second task")
    .action((subject: string | undefined, own: object) => make(subject, options(own), context));

  program
    .command("tasks")
    .description("list tasks, or show one")
    .argument("[task]", "id of a task")
    .option("--state <state>", "processing, succeeded or failed")
    .option("--limit <number>", "max tasks", "20")
    .action((id: string | undefined, own: object) => tasks(id, options(own), context));

  program
    .command("watch")
    .description("show the progress of a task until it has ended")
    .argument("<task>", "id of a task")
    .action((id: string, own: object) => watch(id, options(own), context));

  program
    .command("download")
    .description("save the videos of a task, or other files of it")
    .argument("<task>", "id of a task")
    .argument("[files...]", "such as final-1.srt; default: all final videos")
    .option("-o, --output <file>", "where to save the file; - is stdout")
    .action((id: string, files: string[], own: object) => download(id, files, options(own), context));

  for (const [action, description] of [
    ["cancel", "stop tasks and keep what is finished"],
    ["retry", "resume failed or cancelled tasks"],
    ["delete", "delete tasks and their files"],
  ] as const) {
    program
      .command(action)
      .description(description)
      .argument("<tasks...>", "ids of tasks")
      .action((ids: string[], own: object) => steer(action, ids, options(own), context));
  }

  program
    .command("upload")
    .description("upload clips, images, music, speech, fonts or subtitle files")
    .argument("<files...>", "files of this machine")
    .option("--to <collection>", "video_materials, musics, narrations, fonts or subtitles (default: by extension)")
    .option("--name <name>", "name in the service (default: the file's name)")
    .action((paths: string[], own: object) => upload(paths, options(own), context));

  program
    .command("voices")
    .description("list the voices of the service")
    .action((own: object) => voices(options(own), context));

  program
    .command("keys")
    .description("manage API keys of a service on this machine")
    .argument("[arguments...]", "create, list, rotate, revoke, with their options; --help lists them")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      outcome.code = await keys(args, context, version);
    });

  program
    .command("serve")
    .description("run a service on this machine, with its own renderer and voice, until Ctrl-C")
    .option("--port <number>", "port on 127.0.0.1", "8080")
    .option("--data <folder>", "where tasks and files are stored (default: a folder of this user)")
    .option("--auth", "requests need an API key; make one with edgereel keys create --owner NAME")
    .option("--native", "render with this machine's ffmpeg, which is faster")
    .option("--verbose", "print the log of the service")
    .option("--no-install", "do not download the service if it is not installed")
    .action(async (own: ServeOptions) => {
      outcome.code = await serve(own, context, version);
    });

  program
    .command("completion")
    .description("print a script that completes commands and options")
    .argument("<shell>", "bash, zsh or fish")
    .action((shell: string) => {
      context.stdout.write(completion(program, shell));
    });
  return program;
}
