import { parseArgs } from "node:util";

/** What `edgereel-server` prints for --help. */
export const USAGE = `Usage: edgereel-server [serve] [OPTIONS]
       edgereel-server keys COMMAND [OPTIONS]

  serve             run a service on this machine, until Ctrl-C (the default command)
    --port NUMBER   port on 127.0.0.1; default 8080. No other machine can reach it
    --data FOLDER   where tasks and files are stored; default: a folder of this user
    --auth          requests need an API key; make one with: edgereel-server keys create --owner NAME
    --native        render with this machine's ffmpeg instead of the embedded renderer, which is slower
    --verbose       print the log of the service
  keys              manage API keys, also while the service runs; see edgereel-server keys --help
    --data FOLDER   the folder of the service

  --help, --version

The settings of the service (docs/configuration.md) and of its providers (docs/providers.md) are environment variables,
such as LLM_BASE_URL or PEXELS_API_KEY.`;

/** A wrong argument. The message says what is wrong. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What to serve. */
export interface ServeArguments {
  port: number;
  /** Null for the folder of the user. */
  data: string | null;
  auth: boolean;
  native: boolean;
  verbose: boolean;
}

/** A parsed command line. */
export type Arguments =
  | { command: "help" | "version" }
  | ({ command: "serve" } & ServeArguments)
  | { command: "keys"; data: string | null; rest: string[] };

/**
 * Reads the command line.
 *
 * @throws UsageError if it is wrong.
 */
export function parseArguments(args: readonly string[]): Arguments {
  const [first, ...others] = args;
  if (first === "keys") return keysArguments(others);
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command = "serve", surplus] = positionals;
  if (command !== "serve") throw new UsageError(`${command}: unknown command; use serve or keys`);
  if (surplus !== undefined) throw new UsageError(`${surplus}: serve has options only`);
  const port = Number(values.port ?? 8080);
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new UsageError(`--port ${values.port}: must be a number from 1 to 65535`);
  }
  const { auth = false, native = false, verbose = false } = values;
  return { command, port, data: folder(values.data), auth, native, verbose };
}

/** Takes --data out of the arguments of `keys`, which reads the others itself. */
function keysArguments(args: readonly string[]): Arguments {
  const rest = [...args];
  const at = rest.findIndex((arg) => arg === "--data" || arg.startsWith("--data="));
  if (at === -1) return { command: "keys", data: null, rest };
  const [option = ""] = rest.splice(at, 1);
  const value = option === "--data" ? rest.splice(at, 1)[0] : option.slice("--data=".length);
  return { command: "keys", data: folder(value ?? ""), rest };
}

function folder(value: string | undefined): string | null {
  if (value === "") throw new UsageError("--data: must name a folder");
  return value ?? null;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ port: text, data: text, auth: flag, native: flag, verbose: flag, version: flag },
        help: { ...flag, short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
