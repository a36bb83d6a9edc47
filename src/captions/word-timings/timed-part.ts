import { CodedError } from "../../api/errors.ts";

/** Word timings cannot be used. The message says why. */
export class TimingsError extends CodedError {
  override name = "TimingsError";

  constructor(message: string, options?: ErrorOptions) {
    super("unsupported_file", message, options);
  }
}

/** A part of a text, mostly a word, with its times in seconds as a file has them; null for a time that it leaves out. */
export interface TimedPart {
  text: string;
  start: number | null;
  end: number | null;
  /** Where it is in the file, for messages. */
  where: string;
}
