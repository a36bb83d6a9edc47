import type { Voice } from "../../../src/protocol/author.ts";

/** A voice, with what else is known about it. */
export interface KnownVoice extends Voice {
  /** Base languages that it speaks besides its own; `null` for every language. */
  alsoSpeaks: readonly string[] | null;
}
