import type { IncomingHttpHeaders } from "node:http";

/** A request to a fake provider, read completely. */
export interface ProviderRequest {
  method: string;
  /** Path below the vendor's base, with a leading slash. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body; the text of any other body; null without one. */
  body: unknown;
  /** The address of the vendor's base, for links in answers. */
  base: string;
}

/** What a fake provider answers. Objects are sent as JSON. */
export interface ProviderAnswer {
  status: number;
  body: object | string | Uint8Array;
  mediaType?: string;
  headers?: Record<string, string>;
}

/** A fake provider. One file per vendor. */
export interface FakeVendor {
  /** Its base path, and its name in `misbehave`. */
  name: string;
  /** The key that it expects. */
  key: string;
  /** Whether a request has the key where the vendor wants it. */
  isAuthorized(request: ProviderRequest): boolean;
  /** A refusal in the vendor's form. */
  refusal(status: number, message: string): object | string;
  /** The answer to a request with a key. Null if there is no such path. `odd` is a vendor's own way to misbehave. */
  answer(request: ProviderRequest, odd: string | null): ProviderAnswer | null;
  /** Whether a successful answer to this request costs something. */
  isPaid(request: ProviderRequest): boolean;
}

/** A field of a JSON body. */
export function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** A text field of a JSON body; an empty text if it is missing. */
export function textField(body: unknown, name: string): string {
  const value = field(body, name);
  return typeof value === "string" ? value : "";
}

/** A number from a text: the same one for the same text. */
export function numberOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return hash;
}
