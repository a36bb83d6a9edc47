#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { run } from "./program.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
// Node 20 warns that openAsBlob is experimental.
process.removeAllListeners("warning");
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.once("SIGTERM", () => interrupted.abort());
const { env, stdin, stdout, stderr } = process;
// A closed pipe, as of `edgereel tasks | head`, ends the command.
stdout.on("error", () => process.exit(0));
process.exitCode = await run(
  process.argv.slice(2),
  { env, stdin, stdout, stderr, signal: interrupted.signal },
  version,
);
