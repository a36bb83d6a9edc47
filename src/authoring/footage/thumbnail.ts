import { CodedError } from "../../api/errors.ts";
import { stillFormat } from "../../ffmpeg/stills/still-format.ts";
import { type Fetching, fetchFile } from "../../outbound/fetch-file.ts";
import { FetchFileError } from "../../outbound/fetch-file-error.ts";
import { readHead } from "../../util/body-head.ts";

/** Max bytes of a thumbnail. Those of stock providers have less than 100 KB. */
const MAX_BYTES = 1_048_576;
/** The media types of pictures that every browser shows. */
const MEDIA_TYPES: Readonly<Record<string, string>> = { mjpeg: "image/jpeg", png: "image/png", webp: "image/webp" };

/** The path at this service of a picture that a stock provider serves, so that pages load nothing from elsewhere. */
export function thumbnailPath(url: string): string {
  return `/api/v1/footage/thumbnail?${new URLSearchParams({ url })}`;
}

/**
 * Fetches a small picture from a URL, with the checks of every URL that a user gives. Its bytes decide what it is.
 *
 * @throws CodedError `invalid_request` if this service does not call the URL, or it is no picture or too large;
 *   `not_found` if its host does not send it.
 */
export async function fetchThumbnail(
  url: string,
  fetching: Omit<Fetching, "textExpected">,
): Promise<{ picture: Uint8Array<ArrayBuffer>; mediaType: string }> {
  try {
    const { body } = await fetchFile(url, { ...fetching, textExpected: false });
    const picture = await readAtMost(body, MAX_BYTES);
    const mediaType = MEDIA_TYPES[stillFormat(picture) ?? ""];
    if (mediaType === undefined) throw new CodedError("invalid_request", "url: is not a JPEG, PNG or WebP picture");
    return { picture, mediaType };
  } catch (error) {
    if (!(error instanceof FetchFileError)) throw error;
    const code = error.reason === "refused" ? "invalid_request" : "not_found";
    throw new CodedError(code, `url: ${error.message}`, { cause: error });
  }
}

async function readAtMost(body: AsyncIterable<Uint8Array>, max: number): Promise<Uint8Array<ArrayBuffer>> {
  const { head, body: whole } = await readHead(body, max + 1);
  if (head.byteLength > max) {
    await whole[Symbol.asyncIterator]().return?.();
    throw new CodedError("invalid_request", `url: is larger than ${max} bytes`);
  }
  return new Uint8Array(head);
}
