import type { AllowedHost } from "../config/allowed-hosts.ts";
import { messageOf } from "../util/log.ts";
import { checkHost } from "./check-host.ts";
import { ResolveError, type Resolver } from "./dns-over-https.ts";
import { checkInputUrl } from "./input-url.ts";
import { OutboundUrlError } from "./url-rules.ts";

/** Most redirects on the way to a file. */
export const MAX_REDIRECTS = 5;

/**
 * A file that could not be fetched. The message names hosts and never whole addresses, whose paths and
 * queries may be secrets, so it may be shown to whoever gave the address.
 */
export class FetchFileError extends Error {
  override name = "FetchFileError";
  /** `refused`: this service will not; `unreachable`: the other one did not. */
  readonly reason: "refused" | "unreachable";
  /** Whether the same may succeed another time. */
  readonly lasting: boolean;

  constructor(reason: FetchFileError["reason"], lasting: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** How a file is fetched. */
export interface Fetching {
  allow: readonly AllowedHost[];
  resolve: Resolver;
  /** Ends it, with its body. */
  signal: AbortSignal;
}

/** A file as its host began to send it. */
export interface FetchedFile {
  /** Where it was in the end. */
  url: URL;
  headers: Headers;
  body: AsyncIterable<Uint8Array>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Answers below 500 after which another try may do: RFC 9110 §15.5.9, RFC 8470 and RFC 6585. */
const PASSING = new Set([408, 425, 429]);

/**
 * Fetches a file that a user gave the address of. Each address on the way, the first and those that
 * redirects lead to, is checked by itself and by where its host leads.
 *
 * @throws FetchFileError, also while the body is read; the signal's reason.
 */
export async function fetchFile(text: string, fetching: Fetching): Promise<FetchedFile> {
  let url = checked(text, fetching);
  for (let redirects = 0; ; redirects++) {
    const response = await ask(url, fetching);
    if (!REDIRECTS.has(response.status)) return fileOf(url, response, fetching.signal);
    response.body?.cancel().catch(() => {});
    const location = response.headers.get("location") ?? "";
    if (redirects === MAX_REDIRECTS) {
      throw new FetchFileError("refused", true, `${url.host} redirects further than ${MAX_REDIRECTS} times`);
    }
    if (!URL.canParse(location, url)) {
      throw new FetchFileError("unreachable", true, `${url.host} redirects to no address`);
    }
    url = checked(new URL(location, url).href, fetching, url.host);
  }
}

function checked(text: string, { allow }: Fetching, from?: string): URL {
  try {
    return checkInputUrl(text, allow);
  } catch (error) {
    if (!(error instanceof OutboundUrlError)) throw error;
    const message = from === undefined ? error.message : `${from} redirects to an address that ${error.message}`;
    throw new FetchFileError("refused", true, message);
  }
}

async function ask(url: URL, { allow, resolve, signal }: Fetching): Promise<Response> {
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
  const lasting = status < 500 && !PASSING.has(status);
  throw new FetchFileError("unreachable", lasting, `${url.host} answered ${status}`);
}

/** The chunks of a body, until the signal: a host that stops sending is not waited for. */
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
    throw new FetchFileError("unreachable", false, `${host} broke off: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", abort);
    // Nothing where it was read to its end.
    reader.cancel().catch(() => {});
  }
}
