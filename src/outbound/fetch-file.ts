import type { AllowedHost } from "../config/allowed-hosts.ts";
import { messageOf } from "../util/log.ts";
import { checkHost } from "./check-host.ts";
import { ResolveError, type Resolver } from "./dns-over-https.ts";
import { checkInputUrl } from "./input-url.ts";
import { OutboundUrlError } from "./url-rules.ts";

/** Max redirects when fetching a file. */
export const MAX_REDIRECTS = 5;

/**
 * A file could not be fetched. The message names only hosts, because paths and queries of URLs can contain secrets. So
 * it may be shown to the user who gave the URL.
 */
export class FetchFileError extends Error {
  override name = "FetchFileError";
  /** `refused`: this service does not call the URL; `unreachable`: the host did not send the file. */
  readonly reason: "refused" | "unreachable";
  /** False if a retry may succeed without any change. */
  readonly lasting: boolean;

  constructor(reason: FetchFileError["reason"], lasting: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** Options of {@link fetchFile}. */
export interface Fetching {
  /** Hosts that may be called although they are not public. */
  allow: readonly AllowedHost[];
  resolve: Resolver;
  /** Aborts the request and the reading of the body. */
  signal: AbortSignal;
}

/** The start of a response with a file. */
export interface FetchedFile {
  /** The URL of the file after all redirects. */
  url: URL;
  headers: Headers;
  body: AsyncIterable<Uint8Array>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Statuses below 500 after which a retry may succeed (RFC 9110 §15.5.9, RFC 8470, RFC 6585). */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);

/**
 * Fetches a file from a URL that a user gave. The URL and the target of each redirect are checked: their form, and the IP
 * addresses of their hosts.
 *
 * @throws FetchFileError, also while the body is read; the signal's reason.
 */
export async function fetchFile(text: string, fetching: Fetching): Promise<FetchedFile> {
  let url = checked(text, fetching);
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, fetching);
    if (!REDIRECTS.has(response.status)) return fileOf(url, response, fetching.signal);
    response.body?.cancel().catch(() => {});
    const location = response.headers.get("location") ?? "";
    if (redirects === MAX_REDIRECTS) {
      throw new FetchFileError("refused", true, `more than ${MAX_REDIRECTS} redirects, the last one from ${url.host}`);
    }
    if (!URL.canParse(location, url)) {
      throw new FetchFileError("unreachable", true, `${url.host} redirects to an invalid URL`);
    }
    url = checked(new URL(location, url).href, fetching, url.host);
  }
}

function checked(text: string, { allow }: Fetching, from?: string): URL {
  try {
    return checkInputUrl(text, allow);
  } catch (error) {
    if (!(error instanceof OutboundUrlError)) throw error;
    const message = from === undefined ? error.message : `${from} redirects to a URL that ${error.message}`;
    throw new FetchFileError("refused", true, message);
  }
}

async function request(url: URL, { allow, resolve, signal }: Fetching): Promise<Response> {
  try {
    await checkHost(url, allow, resolve, signal);
    return await fetch(url.href, {
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "Edgereel" },
      redirect: "manual",
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OutboundUrlError) throw new FetchFileError("refused", true, error.message);
    if (error instanceof ResolveError) throw new FetchFileError("unreachable", false, error.message);
    throw new FetchFileError("unreachable", false, `${url.host} could not be reached`, { cause: error });
  }
}

function fileOf(url: URL, response: Response, signal: AbortSignal): FetchedFile {
  const { status, headers, body } = response;
  if (status === 200 && body) return { url, headers, body: chunksOf(body, url.host, signal) };
  body?.cancel().catch(() => {});
  const lasting = status < 500 && !RETRYABLE_STATUSES.has(status);
  throw new FetchFileError("unreachable", lasting, `${url.host} answered ${status}`);
}

/** Reads a body chunk by chunk. Stops when the signal aborts, even if the host sends nothing more. */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  host: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([reader.read(), aborted.promise]);
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new FetchFileError("unreachable", false, `${host} stopped sending: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", abort);
    // Has no effect if the body was read to its end.
    reader.cancel().catch(() => {});
  }
}
