import { seededRandom, shuffled } from "../../src/timeline/seeded-random.ts";
import type { VendorName } from "../support/providers/server.ts";
import { type AuthoringPart, authoringRequest } from "./authoring-requests.ts";
import { markerOf } from "./payments.ts";

/** A fault and how long it lasts, in seconds. */
export type Fault =
  | { kind: "service killed" }
  | { kind: "renderer killed"; seconds: number }
  | { kind: "renderer hung"; seconds: number }
  | { kind: "renderer slow"; seconds: number }
  | { kind: "renderer answers garbage"; seconds: number }
  | { kind: "renderer cut off"; seconds: number }
  | { kind: "storage fails 1 in 5"; seconds: number }
  | { kind: "database down"; seconds: number }
  | { kind: "database loses answers"; seconds: number }
  | { kind: "queue late, twice"; seconds: number }
  | { kind: "provider fails"; vendor: VendorName; how: string; seconds: number }
  | { kind: "clock jumps"; jumpSeconds: number };

/** An action on a created task. `create` sends the same request again, with the same idempotency key. */
export interface Step {
  /** Seconds after the step before. */
  afterSeconds: number;
  action: "cancel" | "delete" | "retry" | "create";
}

export interface PlannedTask {
  /** When to create it, in seconds from the start. */
  atSeconds: number;
  /** The idempotency key. */
  key: string;
  request: object;
  /** Whether its inputs are uploaded files, or a link that the service has to fetch, or are authored. */
  from: "uploads" | "link" | "authoring";
  /** The text in each request of the task to a provider. */
  marker: string;
  /** The error code that the task must fail with; null if it must succeed. */
  expectedFailure: string | null;
  /** When the client disconnects from its first request, in milliseconds; null if it waits for the response. */
  hangUpAfterMs: number | null;
  steps: Step[];
}

/** A file that is uploaded once and not again, even if the upload fails. */
export interface PlannedUpload {
  /** When to upload it, in seconds from the start. */
  atSeconds: number;
  name: string;
  /** POST sends a form, PUT the raw bytes. */
  method: "POST" | "PUT";
  /** When the client disconnects, in milliseconds; null if it waits for the response. */
  hangUpAfterMs: number | null;
}

/** The plan of a whole run. */
export interface Plan {
  /** Kills of the service, one after the other. The time counts from when the service is up again. */
  kills: { afterSeconds: number }[];
  faults: { atSeconds: number; fault: Exclude<Fault, { kind: "service killed" }> }[];
  tasks: PlannedTask[];
  uploads: PlannedUpload[];
  /** When the faults end, in seconds from the start. */
  seconds: number;
}

/** The size of a plan. */
export interface PlanSize {
  seconds: number;
  kills: number;
  tasks: number;
  uploads: number;
  /** Of how many tasks one is authored. */
  authoredOneOf: number;
  /** The part of the video that authored tasks stop at at the latest. */
  authoredUntil: AuthoringPart;
  /** How often each of the other faults happens. */
  rounds: number;
  /** Max seconds that a fault lasts. The first outage of D1 lasts this long. */
  outage: number;
  /** How often each fault must happen for the run to count, by its name in the report. */
  minFaults: Readonly<Record<string, number>>;
}

export const LONG_RUN: PlanSize = {
  ...{ seconds: 480, kills: 50, tasks: 120, uploads: 40, rounds: 5, outage: 60 },
  ...{ authoredOneOf: 3, authoredUntil: "video" },
  minFaults: {
    "service killed": 50,
    "renderer killed": 5,
    "renderer hung": 5,
    "renderer: answer late": 10,
    "renderer: answer garbage": 10,
    "renderer: answer broken off": 10,
    "storage: write refused": 5,
    "storage: answer lost": 5,
    "database: no answer": 50,
    "database: answer lost": 20,
    "queue: message late": 20,
    "queue: message twice": 10,
    "clock jumps": 10,
    "client hung up": 20,
    "provider: call failed": 20,
    "webhook refused": 20,
  },
};
export const SHORT_RUN: PlanSize = {
  ...{ seconds: 18, kills: 3, tasks: 12, uploads: 6, rounds: 1, outage: 6 },
  ...{ authoredOneOf: 3, authoredUntil: "video" },
  minFaults: { "service killed": 3, "renderer killed": 1, "renderer hung": 1, "clock jumps": 2 },
};
/** For runs with ffmpeg.wasm, which starts slowly and is not affected by faults of the render server. */
export const WASM_RUN: PlanSize = {
  ...{ seconds: 120, kills: 5, tasks: 12, uploads: 6, rounds: 1, outage: 20 },
  ...{ authoredOneOf: 3, authoredUntil: "video" },
  minFaults: { "service killed": 5, "clock jumps": 2 },
};
/** Kills during authoring, and no other faults: every repeated call of a provider must come from a kill. */
export const AUTHORING_RUN: PlanSize = {
  ...{ seconds: 75, kills: 20, tasks: 20, uploads: 0, rounds: 0, outage: 0 },
  ...{ authoredOneOf: 1, authoredUntil: "materials" },
  minFaults: { "service killed": 20 },
};

const STEPS: Step["action"][][] = [
  [],
  [],
  [],
  ["create"],
  ["cancel"],
  ["cancel", "retry"],
  ["delete"],
  ["create", "delete"],
];

/** The plan for a seed. The same seed and size always give the same plan. */
export function makePlan(seed: string, size: PlanSize): Plan {
  const random = seededRandom(seed);
  const between = (min: number, max: number) => min + random() * (max - min);
  const { seconds, outage } = size;
  const otherFaults = Array.from({ length: size.rounds }, (_, round) => {
    const length = () => between(0.2, 1) * outage;
    const faults: Plan["faults"][number]["fault"][] = [
      { kind: "renderer killed", seconds: between(0, outage / 6) },
      { kind: "renderer hung", seconds: between(0.5, 0.8) * outage },
      { kind: "renderer slow", seconds: length() },
      { kind: "renderer answers garbage", seconds: length() },
      { kind: "renderer cut off", seconds: length() },
      { kind: "storage fails 1 in 5", seconds: outage },
      { kind: "database down", seconds: round === 0 ? outage : length() / 3 },
      { kind: "database loses answers", seconds: length() },
      { kind: "queue late, twice", seconds: length() },
      { kind: "clock jumps", jumpSeconds: Math.round(between(30, 180)) },
      { kind: "clock jumps", jumpSeconds: -Math.round(between(1, 30)) },
      ...providerFaults(round, random, () => Math.max(4, between(0.1, 0.4) * outage)),
    ];
    return shuffled(faults, random);
  }).flat();
  const slot = seconds / otherFaults.length;
  return {
    seconds,
    kills: Array.from({ length: size.kills }, () => ({ afterSeconds: between(0.3, (1.4 * seconds) / size.kills) })),
    // Each fault starts in a slot of its own, so that every fault takes effect. Long faults overlap with later ones.
    faults: otherFaults.map((fault, index) => ({ atSeconds: slot * (index + random()), fault })),
    tasks: Array.from({ length: size.tasks }, (_, index) => ({
      atSeconds: (0.9 * seconds * (index + random())) / size.tasks,
      key: `${seed}-${index}`,
      marker: markerOf(index),
      ...requestFor(index, size, random),
      hangUpAfterMs: random() < 0.4 ? Math.round(between(1, 400)) : null,
      steps: (STEPS[Math.floor(random() * STEPS.length)] ?? []).map((action) => ({
        afterSeconds: between(0, 4),
        action,
      })),
    })),
    uploads: Array.from({ length: size.uploads }, (_, index) => ({
      atSeconds: (0.95 * seconds * (index + random())) / size.uploads,
      name: `upload-${index}.mp4`,
      method: random() < 0.5 ? "POST" : "PUT",
      hangUpAfterMs: random() < 0.3 ? Math.round(between(1, 400)) : null,
    })),
  };
}

/** How providers fail, and how often in a row. Local providers have no accounts. */
const PROVIDER_FAULTS: readonly (readonly [VendorName, readonly string[]])[] = [
  ["llm", ["429", "500", "hang", "garbage", "half", "html", "401", "402", "down", "slow"]],
  ["speech", ["500", "hang", "429", "half", "401", "garbage", "402", "html", "slow", "down"]],
  ["pexels", ["html", "429", "401", "empty", "500", "hang", "down", "402", "garbage", "half"]],
  ["kokoro", ["down", "slow", "500", "hang", "half", "garbage", "html", "503"]],
  ["pixabay", ["429", "html", "half", "500", "402", "garbage", "hang", "down"]],
  ["images", ["hang", "402", "429", "500", "down", "401", "garbage", "half", "html", "slow"]],
];

/** Three providers fail in each round, in ways that differ between rounds and seeds. */
function providerFaults(round: number, random: () => number, length: () => number): Plan["faults"][number]["fault"][] {
  const first = Math.floor(random() * 10);
  return [0, 1, 2].map((turn) => {
    const [vendor, ways] = PROVIDER_FAULTS[(round * 3 + turn) % PROVIDER_FAULTS.length] ?? (["llm", ["500"]] as const);
    return { kind: "provider fails", vendor, how: ways[(first + round) % ways.length] ?? "500", seconds: length() };
  });
}

type Inputs = Pick<PlannedTask, "request" | "from" | "expectedFailure">;

/** The request of a task. */
function requestFor(index: number, { authoredOneOf, authoredUntil }: PlanSize, random: () => number): Inputs {
  if (index % authoredOneOf !== authoredOneOf - 1) return { request: makeRequest(index, random), ...inputsOf(index) };
  const number = Math.floor(index / authoredOneOf);
  const request = authoringRequest(number, markerOf(index), authoredUntil);
  return { request, from: "authoring", expectedFailure: null };
}

/** One of six tasks has a linked file; for every second of these, the file is not a video and the task must fail. */
function inputsOf(index: number): Omit<Inputs, "request"> {
  if (index % 12 === 4) return { from: "link", expectedFailure: "input_refused" };
  return { from: index % 6 === 4 ? "link" : "uploads", expectedFailure: null };
}

const MATERIALS = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"];

/** A request for a tiny video that differs from the others. */
function makeRequest(index: number, random: () => number): object {
  const clips = 1 + Math.floor(random() * 3);
  return {
    video_subject: `Chaos ${index}`,
    video_materials: shuffled(MATERIALS, random)
      .slice(0, clips)
      .map((url) => ({ url })),
    video_clip_duration: 0.5 + Math.round(random() * 10) / 10,
    video_count: random() < 0.2 ? 2 : 1,
    ...(random() < 0.3 ? { video_script: "Words to read." } : {}),
    ...(random() < 0.2 ? { custom_audio_file: "narration.wav" } : {}),
  };
}
