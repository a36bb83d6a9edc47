import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The folder for the data of a program of a user, as each system has it. */
export function defaultDataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home = homedir()): string {
  switch (platform) {
    case "darwin":
      return join(home, "Library/Application Support/edgereel");
    case "win32":
      return join(env.LOCALAPPDATA ?? join(home, "AppData/Local"), "edgereel");
    default:
      return join(env.XDG_DATA_HOME ?? join(home, ".local/share"), "edgereel");
  }
}

/** The folder of a service. Other users of the machine cannot read it: it holds secrets. */
export async function openDataFolder(given: string | null): Promise<string> {
  const folder = given === null ? defaultDataFolder(process.platform, process.env) : resolve(given);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * Reserves a data folder for this process. Two services must not use one folder: each would miss what the other writes.
 *
 * @returns a function that releases it.
 * @throws Error if a running process has reserved it.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, "service.pid");
  for (;;) {
    try {
      await writeFile(file, `${process.pid}\n`, { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (owner !== process.pid && isRunning(owner)) {
      throw new Error(`${folder}: process ${owner} serves from this folder; stop it, or choose another with --data`);
    }
    // Its process ended without releasing the folder.
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Reads a secret of the data folder. Creates it with `make` if it is missing. */
export async function readOrCreateSecret(file: string, make: () => string): Promise<string> {
  const secret = make();
  try {
    await writeFile(file, `${secret}\n`, { flag: "wx", mode: 0o600 });
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return (await readFile(file, "utf8")).trim();
  }
}

/** A new secret for webhooks, in the form of Standard Webhooks. */
export const newWebhookSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

/** A new secret for signed links. */
export const newLinkSecret = () => randomBytes(32).toString("hex");

/** The folder of the Workers' data in a data folder. The same as `wrangler dev` uses. */
export const STATE = "v3";
