import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "../../../../packages/client/src/cli/program.ts";

/** What a command printed, and its exit code. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `edgereel` with arguments in this process. */
export async function runCommand(
  args: readonly string[],
  { url = "", stdin = "", env = {} }: { url?: string; stdin?: string; env?: Record<string, string> } = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const context = {
    env: { ...(url === "" ? {} : { EDGEREEL_URL: url }), ...env },
    stdin: Readable.from([stdin]),
    ...{ stdout, stderr, signal: new AbortController().signal },
  };
  const code = await run(args, context, "1.2.3");
  stdout.end();
  stderr.end();
  const [out, error] = await printed;
  return { code, stdout: out, stderr: error };
}
