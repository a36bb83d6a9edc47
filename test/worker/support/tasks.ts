import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import type { Env } from "../../../src/env.ts";
import type { TaskInput } from "../../../src/protocol/task-input.ts";
import type { JobMessage, Plan, PlannedJob } from "../../../src/protocol/task-jobs.ts";
import type { TaskObject } from "../../../src/tasks/object/task-object.ts";
import type { QueueName } from "../../../src/tasks/queues.ts";
import type { Claim, Ticket } from "../../../src/tasks/task-calls.ts";
import { assembleWork, segmentJob, videoPiece } from "../../support/jobs.ts";
import { bindings } from "./bindings.ts";
import { videoProbe } from "./uploads.ts";

/** The input of a task with one clip. */
export function taskInput(fields: object = {}): TaskInput {
  return {
    request: videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields }),
    materials: [
      {
        input: { name: "a.mp4", size: 10, sha256: "00", from: { store: "r2", key: "video_materials/1/a.mp4" } },
        probe: videoProbe,
      },
    ],
    narration: null,
    music: null,
    font: null,
    subtitles: null,
    timings: null,
    authoring: null,
    origin: "https://videos.example",
  };
}

/** A plan of one video with `segments` segments of one second each. */
export function planOf(taskId: string, segments: number): Plan {
  const key = (number: number) => `tasks/${taskId}/segments/${number}.mp4`;
  const numbers = Array.from({ length: segments }, (_, index) => index + 1);
  const renders = numbers.map(
    (number): PlannedJob => ({
      id: `segment-1-${number}`,
      video: 1,
      phase: "render",
      weight: 30,
      work: {
        kind: "render",
        renderer: "wasm",
        job: segmentJob([videoPiece({ frames: 30 })]),
        inputs: taskInput().materials.map(({ input }) => input),
        key: key(number),
      },
    }),
  );
  const assembles = (["combined", "final"] as const).map(
    (name): PlannedJob => ({
      id: `${name}-1`,
      video: 1,
      phase: "assemble",
      weight: 3,
      work: assembleWork(
        numbers.map((number) => ({ key: key(number), frames: 30 })),
        `tasks/${taskId}/${name}-1.mp4`,
      ),
    }),
  );
  return {
    renderer: "wasm",
    width: 64,
    height: 36,
    durations: [segments],
    captioned: [],
    jobs: [...renders, ...assembles],
    authored: null,
  };
}

/** A task whose queue messages are only recorded. The test delivers them whenever and as often as it wants. */
export interface HeldTask {
  id: string;
  stub: DurableObjectStub<TaskObject>;
  /** The sent messages that were not taken yet, in order. */
  sent: (JobMessage & { queue: QueueName; delaySeconds: number })[];
  /** When the oldest message of each queue was sent, in Unix milliseconds; null if the queues are empty. */
  head: number | null;
  /** Removes the messages sent so far and returns the ids of their jobs. */
  takeSent(): string[];
}

const held: string[] = [];

/** The bindings with the queues replaced. */
export function withQueues(queueNamed: (name: QueueName) => unknown): Env {
  return {
    ...bindings,
    AUTHOR_JOBS: queueNamed("author"),
    PLAN_JOBS: queueNamed("plan"),
    RENDER_JOBS: queueNamed("render"),
    FINISH_JOBS: queueNamed("finish"),
    AGAIN_JOBS: queueNamed("again"),
  } as Env;
}

/** Makes a held task without creating it. The tests in jobs/run-job.test.ts use the real queues. */
export async function holdTask(): Promise<HeldTask> {
  const id = crypto.randomUUID();
  const stub = bindings.TASKS.getByName(id);
  held.push(id);
  const sent: HeldTask["sent"] = [];
  const task: HeldTask = { id, stub, sent, head: null, takeSent: () => sent.splice(0).map(({ jobId }) => jobId) };
  await runInDurableObject(stub, (instance) => {
    const env = withQueues((queue) => ({
      async send(message: JobMessage, options?: QueueSendOptions) {
        sent.push({ ...message, queue, delaySeconds: options?.delaySeconds ?? 0 });
      },
      metrics: async () => ({ oldestMessageTimestamp: task.head === null ? undefined : new Date(task.head) }),
    }));
    Object.assign(instance, { env });
  });
  return task;
}

/** Deletes the alarms of held tasks. An alarm would wake an idle object, which would then use the real queue. */
export async function stillTasks(): Promise<void> {
  for (const id of held.splice(0)) {
    await runInDurableObject(bindings.TASKS.getByName(id), (_, state) => state.storage.deleteAlarm());
  }
}

/** For the tests of a file: a clock that can be moved forward, no log, and no alarms left after a test. */
export function heldClock(): { pass(milliseconds: number): void } {
  const clock = Date.now;
  let ahead = 0;
  beforeEach(() => {
    ahead = 0;
    vi.spyOn(Date, "now").mockImplementation(() => clock() + ahead);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await stillTasks();
  });
  return {
    pass(milliseconds) {
      ahead += milliseconds;
    },
  };
}

/** Creates a held task. */
export async function createTask(fields: object = {}): Promise<HeldTask> {
  const task = await holdTask();
  await task.stub.create(task.id, taskInput(fields));
  return task;
}

/** Creates a held task and plans it with `segments` segments. */
export async function plannedTask(segments: number): Promise<HeldTask> {
  const task = await createTask();
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, segments), { generation: 0, run: 1 });
  task.takeSent();
  return task;
}

/** When a task's alarm is due, in Unix milliseconds, or null. */
export const alarmAt = (task: HeldTask) => runInDurableObject(task.stub, (_, state) => state.storage.getAlarm());

/** The ticket of a claim. Throws if the claim does not allow a run. */
export const taken = (claim: Claim): Ticket => {
  if (claim.status !== "run") throw new Error(`the claim was answered with ${claim.status}`);
  return claim.ticket;
};
