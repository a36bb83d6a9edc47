/**
 * A file could not be fetched. The message names only hosts, because paths and queries of URLs can contain secrets. So
 * it may be shown to the user who gave the URL.
 */
export class FetchFileError extends Error {
  override name = "FetchFileError";
  /** `refused`: this service does not call the URL, or it leads to no file; `unreachable`: the host did not send the file. */
  readonly reason: "refused" | "unreachable";
  /** False if a retry may succeed without any change. */
  readonly lasting: boolean;

  constructor(reason: FetchFileError["reason"], lasting: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.lasting = lasting;
  }
}
