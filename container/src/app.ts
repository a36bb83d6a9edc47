import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import {
  describeDigest,
  FAILURE_STATUS,
  type Health,
  type ProbeAnswer,
  probeRequestSchema,
  RENDER_SERVER_PATHS,
  type RenderRequest,
  renderRequestSchema,
  type ServerFailure,
  sha256Schema,
} from "../../src/protocol/render-server.ts";
import { hasBearerToken } from "./bearer-token.ts";
import { FailureError } from "./failure.ts";
import type { Jobs } from "./jobs.ts";
import { log } from "./log.ts";
import type { Settings } from "./settings.ts";

type App = { Bindings: HttpBindings };

/** Max bytes of a request with a job. Captions are the largest part of a job. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 2;

/**
 * Creates the server's routes. `src/protocol/render-server.ts` describes the protocol.
 *
 * @param version the version of ffmpeg.
 */
export function createApp(jobs: Jobs, settings: Settings, version: string): Hono<App> {
  const app = new Hono<App>();
  app.onError((error, c) => answerError(error, c));
  app.notFound((c) => answerFailure(c, { ok: false, code: "not_found", message: "no such path" }));

  app.get(RENDER_SERVER_PATHS.health, (c) => c.json({ ok: true, ffmpeg: version, ...jobs.state() } satisfies Health));

  app.use(async (c, next) => {
    const token = settings.RENDERER_TOKEN;
    if (token === undefined || hasBearerToken(c.req.header("authorization"), token)) return next();
    return answerFailure(c, { ok: false, code: "unauthorized", message: "the bearer token is missing or invalid" });
  });

  // Hono routes a HEAD request to the handler of GET.
  app.get("/inputs/:sha256", (c) => {
    if (c.req.raw.method === "HEAD" && jobs.inputs.has(c.req.param("sha256"))) return c.body(null, 200);
    return answerFailure(c, { ok: false, code: "not_found", message: "the server does not have this input" });
  });

  app.put("/inputs/:sha256", async (c) => {
    const sha256 = parse(sha256Schema, c.req.param("sha256"));
    const { incoming } = c.env;
    const length = c.req.header("content-length");
    stopWhenIdle(c, settings.IDLE_SECONDS);
    // Keep the connection open after an error, so that the response reaches the client.
    const body = incoming.iterator({ destroyOnReturn: false });
    await jobs.inputs.put(sha256, body, length === undefined ? null : Number(length));
    return c.body(null, 204);
  });

  app.use(
    bodyLimit({
      maxSize: MAX_REQUEST_BYTES,
      onError: () => {
        throw badRequest(`the request body is larger than ${MAX_REQUEST_BYTES} bytes`);
      },
    }),
  );

  app.post(RENDER_SERVER_PATHS.render, async (c) => {
    const request = parse(renderRequestSchema, await readJson(c));
    checkIndexes(request);
    const started = performance.now();
    const { body, size, sha256 } = await jobs.render(request, c.req.raw.signal);
    const seconds = (performance.now() - started) / 1000;
    log("job_done", { kind: request.job.kind, seconds, bytes: size });
    stopWhenIdle(c, settings.IDLE_SECONDS);
    return c.body(body, 200, {
      "content-type": contentTypeOf(request.job),
      "content-length": String(size),
      "content-digest": describeDigest(sha256),
    });
  });

  app.post(RENDER_SERVER_PATHS.probe, async (c) => {
    const { input } = parse(probeRequestSchema, await readJson(c));
    const probe = await jobs.probe(input.sha256, c.req.raw.signal);
    return c.json({ ok: true, probe } satisfies ProbeAnswer);
  });

  return app;
}

/** Closes the connection if no data moves while a body is transferred. Node resets the timeout after the response. */
function stopWhenIdle(c: Context<App>, seconds: number): void {
  const { outgoing } = c.env;
  outgoing.setTimeout(seconds * 1000, () => outgoing.destroy());
}

async function readJson(c: Context<App>): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest("the body is not JSON", error);
  }
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest(z.prettifyError(parsed.error), parsed.error);
}

function checkIndexes({ job, inputs }: RenderRequest): void {
  const wrong = inputIndexes(job).find((index) => typeof index === "number" && index >= inputs.length);
  if (typeof wrong === "number") {
    throw badRequest(`the job refers to input ${wrong}, but the last input is ${inputs.length - 1}`);
  }
}

/** The indexes of all inputs that a job reads. Contains null and undefined for parts without an input. */
function inputIndexes(job: RenderRequest["job"]): (number | null | undefined)[] {
  switch (job.kind) {
    case "segment":
      return [...job.pieces.map((piece) => piece.input), ...(job.captions?.fonts ?? [])];
    case "soundtrack":
      return [job.narration?.input, job.music?.input, ...(job.clips?.pieces.map((piece) => piece.input) ?? [])];
    case "stills":
    case "speech":
      return [0];
  }
}

function contentTypeOf({ kind }: RenderRequest["job"]): string {
  if (kind === "stills") return "image/jpeg";
  return kind === "speech" ? "audio/wav" : "video/mp4";
}

function badRequest(message: string, cause?: unknown): FailureError {
  return new FailureError({ ok: false, code: "bad_request", message }, { cause });
}

function answerError(error: Error, c: Context<App>): Response {
  if (error instanceof FailureError) return answerFailure(c, error.failure);
  if (c.req.raw.signal.aborted) {
    log("client_gone", { path: c.req.path });
    return new Response(null, { status: 499 });
  }
  log("internal_error", { path: c.req.path, message: error.message, stack: error.stack ?? "" });
  return answerFailure(c, {
    ok: false,
    code: "internal_error",
    message: "internal error of the render server; see its log",
  });
}

function answerFailure(c: Context<App>, failure: ServerFailure): Response {
  if (failure.code !== "not_found") log("failure", { path: c.req.path, code: failure.code, message: failure.message });
  if (failure.code === "busy") c.header("retry-after", String(RETRY_AFTER_SECONDS));
  if (failure.code === "unauthorized") c.header("www-authenticate", "Bearer");
  return c.json(failure, FAILURE_STATUS[failure.code]);
}
