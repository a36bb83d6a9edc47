import { taskFilePrefixes } from "../api/paths.ts";
import { linkExpiry, linkPrefix, linkQuery } from "../auth/signed-link.ts";
import type { Config } from "../config/config.ts";
import { outputNames } from "../storage/keys.ts";

/** What links are signed with, and when they end; null where they need no signature. */
export interface LinkSigning {
  secret: string;
  /** Unix seconds. */
  expires: number;
}

/**
 * How links given out now are signed; null with `AUTH=off`.
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

/** The absolute addresses of a task, its files and the page that plays it, as links where they are signed. */
export class TaskLinks {
  readonly #origin: string;
  readonly #signing: LinkSigning | null;

  /** @param origin what every address begins with. */
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

  /** The page, whose link is good for the task's state too. */
  watch(taskId: string): string {
    return `${this.#origin}/watch/${taskId}${this.query(taskId)}`;
  }

  /**
   * What an address needs to be a link, from `?` on; empty where it needs nothing.
   *
   * @param path the task's id, or id and file name.
   */
  query(path: string): string {
    return this.#signing === null ? "" : linkQuery(this.#signing.secret, path, this.#signing.expires);
  }

  /** The signature stands first: players and tools tell a file's kind and name by what its address ends in. */
  #file(address: string, path: string): string {
    const { secret, expires } = this.#signing ?? {};
    const prefix = secret === undefined || expires === undefined ? "" : linkPrefix(secret, path, expires);
    return `${this.#origin}${prefix}${address}`;
  }
}
