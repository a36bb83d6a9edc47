import { fieldErrors } from "./field-errors.ts";

/** Calls of the service's HTTP API, with the visitor's key if the service wants one. */

/** The service refused a call. `fields` has what is wrong with each field of the request, by its name. */
export class ServiceError extends Error {
  override name = "ServiceError";
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.fields = fieldErrors(message);
  }
}

/** The session's key lies in the tab's storage: never in a URL, and gone when the tab is closed. */
const KEY = "edgereel-key";
let key = sessionStorage.getItem(KEY) ?? "";
let askForKey: (wrong: boolean) => Promise<string> = async () => "";

/** Sets what asks the visitor for a key when the service wants one. */
export function onKeyNeeded(ask: typeof askForKey): void {
  askForKey = ask;
}

/** Keeps a key for this session; an empty one forgets it. */
export function setKey(value: string): void {
  key = value;
  if (value === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

/** Whether the session has a key. */
export const hasKey = (): boolean => key !== "";

/** The headers that a call of the API needs. */
export const keyHeaders = (): Record<string, string> => (key === "" ? {} : { "x-api-key": key });

/** Sends a request. Asks for a key if the service wants one, and then sends it again. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  for (let tries = 0; ; tries++) {
    const response = await fetch(path, { ...init, headers: { ...headersOf(init), ...keyHeaders() } });
    if (response.status !== 401 || tries > 5) return response;
    const given = await askForKey(key !== "");
    if (given === "") return response;
    setKey(given);
  }
}

const headersOf = (init: RequestInit): Record<string, string> => (init.headers as Record<string, string>) ?? {};

/**
 * Calls the API and returns the data of its answer.
 *
 * @throws ServiceError if the service refuses the call, or answers something else than JSON.
 */
export async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await send(path, init);
  const text = await response.text();
  const body = readEnvelope(text);
  if (!response.ok || body === null) throw new ServiceError(response.status, body?.message ?? response.statusText);
  return body.data as T;
}

/** Calls the API with a JSON body. */
export function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Reads the body of an answer; null if it is no JSON. */
export function readEnvelope(text: string): { message: string; data: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
