import type { Env } from "../../../src/env.ts";
import type { JobMessage } from "../../../src/protocol/task-jobs.ts";
import { seededRandom } from "../../../src/timeline/seeded-random.ts";
import { log } from "../../../src/util/log.ts";
import { FAULT_EVENT, type FaultSettings, noFaults, STORED_EVENT } from "./settings.ts";

/** The current settings. The Worker and its Durable Objects share an isolate, and so these settings. */
let settings: FaultSettings = noFaults;

/** Random numbers, separate for each binding: calls of one binding do not change which calls of another one fail. */
let chance = chances("");

function chances(seed: string) {
  const of = (binding: string) => seededRandom(`${seed} ${binding}`);
  return { storage: of("storage"), database: of("database"), queue: of("queue") };
}

/** Applies settings to all bindings. */
export function setFaults(next: FaultSettings): void {
  if (next.seed !== settings.seed) chance = chances(next.seed);
  settings = next;
}

const realNow = Date.now.bind(Date);
Date.now = () => realNow() + settings.clockMs;

/** Makes an object's alarms follow the shifted clock that its code sees. */
export function shiftAlarms(storage: DurableObjectStorage): void {
  const set = storage.setAlarm.bind(storage);
  Object.defineProperty(storage, "setAlarm", {
    // The platform requires a positive time; any time in the past is due at once.
    value: (time: number | Date, options?: DurableObjectSetAlarmOptions) =>
      set(Math.max(1, Number(time) - settings.clockMs), options),
  });
}

/** The bindings, with faults as the current settings say. */
export function faulty(env: Env): Env {
  return {
    ...env,
    MEDIA: faultyBucket(env.MEDIA),
    DB: faultyDatabase(env.DB),
    AUTHOR_JOBS: faultyQueue(env.AUTHOR_JOBS),
    PLAN_JOBS: faultyQueue(env.PLAN_JOBS),
    RENDER_JOBS: faultyQueue(env.RENDER_JOBS),
    FINISH_JOBS: faultyQueue(env.FINISH_JOBS),
    AGAIN_JOBS: faultyQueue(env.AGAIN_JOBS),
  };
}

type Method = (...args: unknown[]) => unknown;

/** A proxy of an object in which some methods are replaced. */
function override<T extends object>(target: T, methods: Record<string, Method>): T {
  return new Proxy(target, {
    get(_, name) {
      const own = typeof name === "string" && Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (own) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function inject(kind: string, message: string): never {
  log(FAULT_EVENT, { kind });
  throw new Error(message);
}

async function write<T>(call: () => Promise<T>, body: unknown): Promise<T> {
  const fails = chance.storage() < settings.storage;
  const before = fails && chance.storage() < 0.5;
  if (before) {
    // R2 cancels a body that it does not read.
    if (body instanceof ReadableStream) await body.cancel("the write failed").catch(() => {});
    inject("storage: write refused", "put: internal error. Please try again. (10001)");
  }
  const result = await call();
  if (fails) inject("storage: answer lost", "put: the answer was lost (10001)");
  return result;
}

function faultyBucket(bucket: R2Bucket): R2Bucket {
  const put = bucket.put.bind(bucket) as (...args: unknown[]) => Promise<unknown>;
  const begin = bucket.createMultipartUpload.bind(bucket);
  return override(bucket, {
    put: (...args) =>
      write(async () => {
        const result = await put(...args);
        if (String(args[0]).includes("/authored/")) log(STORED_EVENT, { kind: String(args[0]) });
        return result;
      }, args[1]),
    createMultipartUpload: async (...args) => {
      const upload = await begin(...(args as Parameters<typeof begin>));
      const part = upload.uploadPart.bind(upload);
      const complete = upload.complete.bind(upload);
      return override(upload, {
        uploadPart: (...given) => write(() => part(...(given as Parameters<typeof part>)), given[1]),
        complete: (...given) => write(() => complete(...(given as Parameters<typeof complete>)), null),
      });
    },
  });
}

async function query<T>(call: () => Promise<T>): Promise<T> {
  if (settings.database === "down")
    inject("database: no answer", "D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
  const result = await call();
  if (settings.database === "lossy" && chance.database() < 0.25)
    inject("database: answer lost", "D1_ERROR: Network connection lost.");
  return result;
}

/** The original of each wrapped statement, because D1's batch accepts only its own statements. */
const originals = new WeakMap<object, D1PreparedStatement>();

function faultyStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const run = (name: "all" | "first" | "raw" | "run") => {
    const method = (statement[name] as Method).bind(statement);
    return (...args: unknown[]) => query(async () => method(...args));
  };
  const wrapped = override(statement, {
    bind: (...values) => faultyStatement(statement.bind(...values)),
    ...Object.fromEntries((["all", "first", "raw", "run"] as const).map((name) => [name, run(name)])),
  });
  originals.set(wrapped, statement);
  return wrapped;
}

function faultySession<T extends D1Database | D1DatabaseSession>(session: T): T {
  return override<T>(session, {
    prepare: (sql) => faultyStatement(session.prepare(String(sql))),
    batch: (statements) =>
      query(() => session.batch((statements as D1PreparedStatement[]).map((each) => originals.get(each) ?? each))),
    ...("withSession" in session
      ? { withSession: (constraint: unknown) => faultySession(session.withSession(constraint as string)) }
      : {}),
  });
}

const faultyDatabase = (database: D1Database) => faultySession(database);

const MAX_MESSAGE_DELAY_SECONDS = 8;

function faultyQueue(queue: Queue<JobMessage>): Queue<JobMessage> {
  const send = queue.send.bind(queue);
  const late = (options: QueueSendOptions | undefined) => ({
    ...options,
    delaySeconds: (options?.delaySeconds ?? 0) + Math.round(chance.queue() * MAX_MESSAGE_DELAY_SECONDS),
  });
  return override(queue, {
    send: async (body, given) => {
      const [message, options] = [body, given] as Parameters<typeof send>;
      if (chance.queue() >= settings.queue) return send(message, options);
      // Every message gets a random delay, so messages also arrive out of order.
      log(FAULT_EVENT, { kind: "queue: message late" });
      if (chance.queue() < 0.5) {
        log(FAULT_EVENT, { kind: "queue: message twice" });
        await send(message, late(options));
      }
      return send(message, late(options));
    },
    // Shift the time to the clock that the Worker sees.
    metrics: async () => {
      const metrics = await queue.metrics();
      const { oldestMessageTimestamp: oldest } = metrics;
      return oldest ? { ...metrics, oldestMessageTimestamp: new Date(oldest.getTime() + settings.clockMs) } : metrics;
    },
  });
}
