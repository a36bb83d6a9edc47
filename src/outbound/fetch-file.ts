import type { AllowedHost } from "../config/allowed-hosts.ts";
import { readHead } from "../util/body-head.ts";
import { checkHost } from "./check-host.ts";
import { ResolveError, type Resolver } from "./dns-over-https.ts";
import { FetchFileError } from "./fetch-file-error.ts";
import { checkInputUrl } from "./input-url.ts";
import { type ReadLimits, readWithLimits } from "./read-with-limits.ts";
import { RedirectCookies } from "./redirect-cookies.ts";
import { adviceFor, isSignIn, linkTarget, shareAdvice } from "./share-links.ts";
import { notAFile, SNIFFED_BYTES } from "./sniff-content.ts";
import { OutboundUrlError } from "./url-rules.ts";

/** Max redirects when fetching a file. */
export const MAX_REDIRECTS = 5;

/** Options of {@link fetchFile}. */
export interface Fetching {
  /** Hosts that may be called although they are not public. */
  allow: readonly AllowedHost[];
  resolve: Resolver;
  /** Aborts the request and the reading of the body. */
  signal: AbortSignal;
  /** Whether the file may be text, such as subtitles. */
  textExpected: boolean;
  limits: FetchLimits;
}

/** How long a host may be silent, in milliseconds. */
export interface FetchLimits extends ReadLimits {
  /** From the start until the response's headers: DNS lookups, connections and redirects. */
  response: number;
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
const NOT_SHARED_STATUSES = new Set([401, 403, 404]);

/**
 * Fetches a file from a URL that a user gave. The URL and the target of each redirect are checked: their form, and the IP
 * addresses of their hosts. A share link is turned into the link to its file.
 *
 * @throws FetchFileError, also while the body is read; the signal's reason.
 */
export async function fetchFile(text: string, fetching: Fetching): Promise<FetchedFile> {
  const { limits, signal, textExpected } = fetching;
  const { url, response } = await respond(checked(text, fetching), fetching);
  const { headers } = response;
  const body = readWithLimits(fileBody(url, response, new URL(text)), url.host, signal, limits);
  const { head, body: whole } = await readHead(body, SNIFFED_BYTES);
  const found = notAFile(head, headers.get("content-type"), textExpected);
  if (found === null) return { url, headers, body: whole };
  await body.return();
  if (isSignIn(url)) throw notAFileError(url, "asks to sign in", new URL(text));
  throw notAFileError(url, `answered ${found}, not a file`, new URL(text));
}

function notAFileError(url: URL, what: string, asked: URL): FetchFileError {
  return new FetchFileError("refused", true, `${url.host} ${what}: ${adviceFor(url, asked)}`);
}

/**
 * Sends the request and follows redirects.
 *
 * @returns the last response, and its URL.
 */
async function respond(asked: URL, fetching: Fetching): Promise<{ url: URL; response: Response }> {
  const { response: limit } = fetching.limits;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limit);
  let url = asked;
  try {
    const signal = AbortSignal.any([fetching.signal, late.signal]);
    const called = new Set<string>();
    const cookies = new RedirectCookies();
    for (let redirects = 0; ; redirects++) {
      const direct = directUrl(url, called);
      // A viewer or a redirect page may contain a link to anywhere.
      url = direct === url ? url : checked(direct.href, fetching, url.host);
      called.add(url.href);
      const response = await request(url, { ...fetching, signal }, cookies.headers(url));
      if (!REDIRECTS.has(response.status)) return { url, response };
      response.body?.cancel().catch(() => {});
      cookies.remember(url, response.headers);
      const location = response.headers.get("location") ?? "";
      if (redirects === MAX_REDIRECTS) {
        throw new FetchFileError(
          "refused",
          true,
          `more than ${MAX_REDIRECTS} redirects, the last one from ${url.host}`,
        );
      }
      if (!URL.canParse(location, url)) {
        throw new FetchFileError("unreachable", true, `${url.host} redirects to an invalid URL`);
      }
      url = checked(new URL(location, url).href, fetching, url.host);
    }
  } catch (error) {
    fetching.signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    throw new FetchFileError("unreachable", false, `${url.host} did not respond within ${limit / 1000} s`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Turns a share link into the link to its file.
 *
 * @param called the URLs that were called already. If the file's link is one of them, it leads to a page anyway.
 */
function directUrl(url: URL, called: ReadonlySet<string>): URL {
  const target = linkTarget(url);
  if (target.kind === "page") throw notAFileError(url, "opens a web page, not a file", url);
  return called.has(target.url.href) ? url : target.url;
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

async function request(
  url: URL,
  { allow, resolve, signal }: Pick<Fetching, "allow" | "resolve" | "signal">,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    await checkHost(url, allow, resolve, signal);
    return await fetch(url.href, {
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "Edgereel", ...headers },
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

/** The body of a successful response. */
function fileBody(url: URL, { status, body }: Response, asked: URL): ReadableStream<Uint8Array> | null {
  if (status === 200) return body;
  body?.cancel().catch(() => {});
  const lasting = status < 500 && !RETRYABLE_STATUSES.has(status);
  // The usual answers for a file that is not shared with everyone.
  const advice = NOT_SHARED_STATUSES.has(status) ? shareAdvice(url, asked) : null;
  throw new FetchFileError("unreachable", lasting, `${url.host} answered ${status}${advice ? `: ${advice}` : ""}`);
}
