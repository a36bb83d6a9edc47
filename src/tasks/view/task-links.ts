import { taskFilePrefixes } from "../../api/paths.ts";
import { linkExpiry, linkPrefix, linkQuery } from "../../auth/signed-link.ts";
import type { Config } from "../../config/config.ts";
import { outputNames } from "../../storage/keys.ts";

/** How links are signed. */
export interface LinkSigning {
  secret: string;
  /** When the links expire, in Unix seconds. */
  expires: number;
}

/**
 * How links are signed that are given out now; null with `AUTH=off`, when links need no signature.
 *
 * @param now Unix milliseconds.
 */
export function linkSigning(
  config: Pick<Config, "AUTH" | "LINK_SECRETS" | "LINK_LIFE_SECONDS">,
  now: number,
): LinkSigning | null {
  const [secret] = config.LINK_SECRETS ?? [];
  if (config.AUTH === "off" || secret === undefined) return null;
  return { secret, expires: linkExpiry(now, config.LINK_LIFE_SECONDS) };
}

/** The absolute URLs of a task's files and of the page that plays it, signed if links need a signature. */
export class TaskLinks {
  readonly #origin: string;
  readonly #signing: LinkSigning | null;

  /** @param origin the start of every URL. */
  constructor(origin: string, signing: LinkSigning | null) {
    this.#origin = origin;
    this.#signing = signing;
  }

  file(taskId: string, file: string): string {
    return this.#file(`${taskFilePrefixes.tasks}/${taskId}/${file}`, `${taskId}/${file}`);
  }

  /** A video's HLS playlist. */
  stream(taskId: string, video: number): string {
    const file = outputNames.playlist(video);
    return this.#file(`${taskFilePrefixes.stream}/${taskId}/${file}`, `${taskId}/${file}`);
  }

  /** The page that plays the task's videos. Its link also opens the task's data. */
  watch(taskId: string): string {
    return `${this.#origin}/watch/${taskId}${this.query(taskId)}`;
  }

  /**
   * The query that signs a URL, from `?` on; empty if links need no signature.
   *
   * @param path the task's id, or the id and a file name.
   */
  query(path: string): string {
    return this.#signing === null ? "" : linkQuery(this.#signing.secret, path, this.#signing.expires);
  }

  /** The signature goes in front of the path, because players and tools expect a URL to end with the file's name. */
  #file(address: string, path: string): string {
    const { secret, expires } = this.#signing ?? {};
    const prefix = secret === undefined || expires === undefined ? "" : linkPrefix(secret, path, expires);
    return `${this.#origin}${prefix}${address}`;
  }
}
