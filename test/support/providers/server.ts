import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { azure } from "./azure.ts";
import { coverr } from "./coverr.ts";
import { elevenLabs } from "./elevenlabs.ts";
import { readForm } from "./form.ts";
import { images } from "./images.ts";
import { kokoro } from "./kokoro.ts";
import { llm } from "./llm.ts";
import { type Fault, isNoAnswer, send } from "./misbehave.ts";
import { pexels } from "./pexels.ts";
import { pixabay } from "./pixabay.ts";
import { speech } from "./speech.ts";
import { transcription } from "./transcription.ts";
import type { FakeVendor, ProviderRequest } from "./vendor.ts";

const vendors = { llm, speech, transcription, kokoro, elevenlabs: elevenLabs, azure, pexels, pixabay, coverr, images };
export type VendorName = keyof typeof vendors;
export const vendorNames = Object.keys(vendors) as VendorName[];

/** A request that a fake provider got. */
export interface LoggedRequest {
  vendor: VendorName;
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** Unix milliseconds. */
  at: number;
  /** When the whole answer was sent, in Unix milliseconds; null before that. */
  endedAt: number | null;
  /** What was done with it: `answered`, `no_key`, `no_path`, or how it failed. */
  outcome: string;
  /** Whether the whole answer of a paid call was sent. An answer that is none, such as HTML, is not paid. */
  paid: boolean;
}

/** Fake providers that run in this process or another one. */
export interface FakeProviders {
  origin: string;
  /** `host:port`, for OUTBOUND_ALLOW. */
  host: string;
  /** Settings of the service that make it use the fakes of these vendors; of all by default. */
  settings(...names: VendorName[]): Record<string, string>;
  /** All requests so far, in order. */
  log(): Promise<LoggedRequest[]>;
  /**
   * Makes a vendor fail from now on.
   *
   * @param how see misbehave.ts and the vendor's file; null to behave again.
   */
  misbehave(vendor: VendorName, how: string | null, options?: Partial<Omit<Fault, "how">>): Promise<void>;
  /** Behaves again, with an empty log. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts one server with all fake providers on loopback. For a process of its own see run.ts.
 *
 * @param port a free one by default.
 */
export async function startFakeProviders({ port = 0 }: { port?: number } = {}): Promise<FakeProviders> {
  const entries: LoggedRequest[] = [];
  const faults = new Map<VendorName, Fault[]>();
  const server = createServer((request, response) => {
    handle(request, response, entries, faults).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...described(host),
    log: async () => structuredClone(entries),
    misbehave: async (vendor, how, options) => setFault(faults, vendor, how, options),
    reset: async () => {
      entries.length = 0;
      faults.clear();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Controls the fake providers that another process runs (run.ts). `close` leaves them running. */
export function connectFakeProviders(origin: string): FakeProviders {
  const control = async (body: object): Promise<unknown> => {
    const response = await fetch(`${origin}/control`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the fake providers answered ${response.status}`);
    return response.json();
  };
  return {
    ...described(new URL(origin).host),
    log: async () => (await control({ action: "log" })) as LoggedRequest[],
    misbehave: async (vendor, how, options) => void (await control({ action: "misbehave", vendor, how, options })),
    reset: async () => void (await control({ action: "reset" })),
    close: async () => {},
  };
}

/** The requests that were paid for more than once, with how often. */
export function paidTwice(log: readonly LoggedRequest[]): { request: string; times: number }[] {
  const counts = new Map<string, number>();
  for (const { vendor, method, path, query, body, paid } of log) {
    if (!paid) continue;
    const request = JSON.stringify([vendor, method, path, Object.entries(query).sort(), body]);
    counts.set(request, (counts.get(request) ?? 0) + 1);
  }
  return [...counts].filter(([, times]) => times > 1).map(([request, times]) => ({ request, times }));
}

/** The keys of all vendors, to search what the service stores and answers. */
export const fakeKeys: string[] = Object.values(vendors)
  .map(({ key }) => key)
  .filter((key) => key !== "");

function described(host: string): Pick<FakeProviders, "origin" | "host" | "settings"> {
  const origin = `http://${host}`;
  const settings: Record<VendorName, Record<string, string>> = {
    llm: { LLM_BASE_URL: `${origin}/llm/v1`, LLM_API_KEY: llm.key, LLM_MODEL: "fake-model" },
    speech: { SPEECH_URL: `${origin}/speech/v1`, SPEECH_API_KEY: speech.key, SPEECH_MODEL: "fake-tts" },
    transcription: {
      ...{ TRANSCRIPTION_URL: `${origin}/transcription/v1`, TRANSCRIPTION_API_KEY: transcription.key },
      TRANSCRIPTION_MODEL: "fake-whisper",
    },
    kokoro: { KOKORO_URL: `${origin}/kokoro` },
    elevenlabs: { ELEVENLABS_URL: `${origin}/elevenlabs`, ELEVENLABS_API_KEY: elevenLabs.key },
    azure: { AZURE_SPEECH_URL: `${origin}/azure`, AZURE_SPEECH_KEY: azure.key, AZURE_SPEECH_REGION: "westeurope" },
    pexels: { PEXELS_URL: `${origin}/pexels`, PEXELS_API_KEY: pexels.key },
    pixabay: { PIXABAY_URL: `${origin}/pixabay`, PIXABAY_API_KEY: pixabay.key },
    coverr: { COVERR_URL: `${origin}/coverr`, COVERR_API_KEY: coverr.key },
    images: { IMAGE_URL: `${origin}/images/v1`, IMAGE_API_KEY: images.key, IMAGE_MODEL: "fake-image" },
  };
  return {
    origin,
    host,
    settings: (...names) =>
      Object.assign(
        { OUTBOUND_ALLOW: host },
        ...(names.length > 0 ? names : vendorNames).map((name) => settings[name]),
      ) as Record<string, string>,
  };
}

function setFault(
  faults: Map<VendorName, Fault[]>,
  vendor: VendorName,
  how: string | null,
  options: Partial<Omit<Fault, "how">> = {},
): void {
  const { containing = null } = options;
  const others = (faults.get(vendor) ?? []).filter((fault) => fault.containing !== containing);
  const fault = { times: null, retryAfter: null, milliseconds: 1000, containing, ...options };
  faults.set(vendor, how === null ? others : [{ how, ...fault }, ...others]);
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  entries: LoggedRequest[],
  faults: Map<VendorName, Fault[]>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const mediaType = request.headers["content-type"] ?? "";
  const isForm = mediaType.startsWith("multipart/form-data");
  const text = isForm ? JSON.stringify(await readForm(bytes, mediaType)) : bytes.toString();
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  if (url.pathname === "/control") {
    const result = control(JSON.parse(text) as ControlMessage, entries, faults);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
    return;
  }
  const name = vendorNames.find((vendor) => url.pathname.startsWith(`/${vendor}/`));
  if (!name) {
    response.writeHead(404).end("no such provider");
    return;
  }
  const vendor: FakeVendor = vendors[name];
  const asked: ProviderRequest = {
    method: request.method ?? "GET",
    path: url.pathname.slice(name.length + 1),
    query: url.searchParams,
    headers: request.headers,
    body: text === "" ? null : parse(text),
    base: `${url.origin}/${name}`,
  };
  const entry: LoggedRequest = {
    ...{
      vendor: name,
      method: asked.method,
      path: asked.path,
      query: Object.fromEntries(asked.query),
      body: asked.body,
    },
    ...{ at: Date.now(), endedAt: null, outcome: "answered", paid: false },
  };
  entries.push(entry);
  if (!vendor.isAuthorized(asked)) {
    entry.outcome = "no_key";
    return send(response, vendor, { status: 401, body: vendor.refusal(401, "no valid key") }, null);
  }
  const fault = takeFault(faults, name, decodeURIComponent(url.search.replaceAll("+", " ")) + text);
  const good = vendor.answer(asked, fault?.how ?? null);
  if (!good) {
    entry.outcome = "no_path";
    return send(response, vendor, { status: 404, body: vendor.refusal(404, "not found") }, null);
  }
  if (fault) entry.outcome = fault.how;
  response.on("finish", () => {
    entry.endedAt = Date.now();
    const isGood = response.statusCode === 200 && good.status === 200 && !isNoAnswer(entry.outcome);
    entry.paid = isGood && vendor.isPaid(asked);
  });
  await send(response, vendor, good, fault);
}

type ControlMessage =
  | { action: "log" | "reset" }
  | { action: "misbehave"; vendor: VendorName; how: string | null; options?: Partial<Omit<Fault, "how">> };

function control(message: ControlMessage, entries: LoggedRequest[], faults: Map<VendorName, Fault[]>): unknown {
  if (message.action === "log") return entries;
  if (message.action === "misbehave") setFault(faults, message.vendor, message.how, message.options);
  else {
    entries.length = 0;
    faults.clear();
  }
  return null;
}

/** The fault that concerns this request, which counts. */
function takeFault(faults: Map<VendorName, Fault[]>, vendor: VendorName, request: string): Fault | null {
  const all = faults.get(vendor) ?? [];
  const fault = all.find(({ containing }) => containing === null || request.includes(containing));
  if (!fault) return null;
  if (fault.times !== null && --fault.times <= 0) faults.set(vendor, all.toSpliced(all.indexOf(fault), 1));
  return fault;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
