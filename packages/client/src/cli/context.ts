import { Edgereel } from "../edgereel.ts";
import type { EdgereelError } from "../edgereel-error.ts";

/** What every command needs. Tests replace the streams. */
export interface CommandContext {
  /** The command's environment variables. */
  env: NodeJS.ProcessEnv;
  /** Where results go. */
  stdout: NodeJS.WritableStream;
  /** Where progress and messages go. */
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stdin: NodeJS.ReadableStream;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
}

/** Options of all commands. */
export interface GlobalOptions {
  url?: string;
  json?: boolean;
  quiet?: boolean;
}

const DEFAULT_URL = "http://localhost:8080";

/** The address of the service. */
export function serviceUrl({ env }: CommandContext, { url }: GlobalOptions): string {
  return url ?? env.EDGEREEL_URL ?? DEFAULT_URL;
}

/** The client of the service that the options and the environment name. */
export function clientOf(context: CommandContext, options: GlobalOptions): Edgereel {
  return new Edgereel({ url: serviceUrl(context, options), apiKey: context.env.EDGEREEL_API_KEY });
}

/** What to do about an error, in one line; null if the message says it. */
export function hintFor({ code, status }: EdgereelError, url: string, hasKey: boolean): string | null {
  if (code === "unauthenticated" && !hasKey) return "Set EDGEREEL_API_KEY to an API key of the service.";
  if (code === "unauthenticated") return "EDGEREEL_API_KEY is unknown, expired or revoked.";
  if (code === null && status === null) {
    return url === DEFAULT_URL
      ? "Start a service with `edgereel serve`, or set EDGEREEL_URL to the address of yours."
      : "Check EDGEREEL_URL.";
  }
  return null;
}
