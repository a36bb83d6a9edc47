import { inject } from "vitest";
import type { AuthorFailure, AuthorService } from "../../../src/protocol/author.ts";
import { connectFakeProviders, type FakeProviders, startFakeProviders } from "../../support/providers/server.ts";
import type {} from "./start-author.ts";

/** The fake providers of this process. Files of tests that run at the same time have their own. */
export const providers: FakeProviders = await startFakeProviders();

/** The fake providers in the settings of the Worker that is called through its entrypoint. */
export const boundProviders: FakeProviders = connectFakeProviders(inject("author").providers);

export interface Environment {
  settings?: Record<string, string>;
  /** Answers of Workers AI by model; without it the binding is missing. */
  ai?: Record<string, object>;
  /** Whether the embedded voice is bound, and runs. */
  embedded?: "runs" | "dead";
  /** Calls the Worker through its entrypoint, with the settings of {@link boundProviders}. */
  rpc?: boolean;
}

type Method = keyof AuthorService;
type Reply<M extends Method> = Awaited<ReturnType<AuthorService[M]>>;
type Done<M extends Method> = Extract<Reply<M>, { status: "done" }>;

/** Calls a method of the author Worker with settings. Also returns what Workers AI was asked. */
export async function callAuthor<M extends Method>(
  method: M,
  args: Parameters<AuthorService[M]>,
  environment: Environment = {},
): Promise<{ result: Reply<M>; asked: { model: string; input: Record<string, unknown> }[] }> {
  const body = JSON.stringify({ method, args, settings: {}, ...environment }, (_, value) =>
    value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value,
  );
  const response = await fetch(inject("author").origin, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new Error(`the author Worker answered ${response.status}: ${text}`);
  return JSON.parse(text, (_, value) =>
    typeof value?.bytes === "string" ? Buffer.from(value.bytes, "base64") : value,
  );
}

/** The result of a call that succeeds. @throws Error if it fails. */
export async function done<M extends Method>(
  method: M,
  args: Parameters<AuthorService[M]>,
  environment?: Environment,
): Promise<Done<M>> {
  const { result } = await callAuthor(method, args, environment);
  if (!("status" in result) || result.status !== "done") throw new Error(JSON.stringify(result));
  return result as Done<M>;
}

/** The failure of a call. @throws Error if it succeeds. */
export async function failure<M extends Method>(
  method: M,
  args: Parameters<AuthorService[M]>,
  environment?: Environment,
): Promise<AuthorFailure> {
  const { result } = await callAuthor(method, args, environment);
  if (!("status" in result) || result.status !== "failed") throw new Error(JSON.stringify(result));
  return result.failure;
}
