import { seededRandom, shuffled } from "../../src/timeline/seeded-random.ts";

/** A fault. Durations and clock jumps are in seconds. */
export type Fault =
  | { kind: "service killed" }
  | { kind: "renderer killed"; seconds: number }
  | { kind: "renderer hung"; seconds: number }
  | { kind: "renderer slow"; seconds: number }
  | { kind: "renderer answers garbage"; seconds: number }
  | { kind: "renderer cut off"; seconds: number }
  | { kind: "storage fails 1 in 5"; seconds: number }
  | { kind: "database down"; seconds: number }
  | { kind: "database deaf"; seconds: number }
  | { kind: "queue late, twice"; seconds: number }
  | { kind: "clock jumps"; jump: number };

/** A step after a task's creation. `create` repeats the create request with the same idempotency key. */
export interface Step {
  /** Delay in seconds after the previous step. */
  after: number;
  wish: "cancel" | "delete" | "retry" | "create";
}

export interface PlannedTask {
  /** Seconds from the start. */
  at: number;
  key: string;
  request: object;
  /** Source of the materials: uploaded files, or linked files that the service fetches. */
  from: "uploads" | "elsewhere";
  /** The code with which the task must fail; null if it must succeed. */
  fails: string | null;
  /** Time in milliseconds after which the first create request is aborted; null if it is not aborted. */
  hangsUp: number | null;
  steps: Step[];
}

/** A file that is uploaded once, without retries. */
export interface PlannedUpload {
  at: number;
  name: string;
  /** `POST` sends a form, `PUT` sends a raw body. */
  method: "POST" | "PUT";
  /** Time in milliseconds after which the client aborts the upload; null if it does not abort it. */
  hangsUp: number | null;
}

/** The plan of a run. */
export interface Plan {
  /** The service is killed in this order, each time after it has started again. */
  kills: { afterSeconds: number }[];
  faults: { at: number; fault: Exclude<Fault, { kind: "service killed" }> }[];
  tasks: PlannedTask[];
  uploads: PlannedUpload[];
  /** End of the faults, in seconds from the start. */
  seconds: number;
}

/** The size of a run. */
export interface PlanSize {
  seconds: number;
  kills: number;
  tasks: number;
  uploads: number;
  /** Number of times that each other fault occurs. */
  rounds: number;
  /** Max duration of a fault in seconds. The first outage of D1 lasts this long. */
  outage: number;
  /** Min number of each fault for a valid run, by the fault's name in the report. */
  least: Readonly<Record<string, number>>;
}

export const LONG: PlanSize = {
  ...{ seconds: 480, kills: 50, tasks: 120, uploads: 40, rounds: 5, outage: 60 },
  least: {
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
    "webhook refused": 20,
  },
};
export const SHORT: PlanSize = {
  ...{ seconds: 18, kills: 3, tasks: 12, uploads: 6, rounds: 1, outage: 6 },
  least: { "service killed": 3, "renderer killed": 1, "renderer hung": 1, "clock jumps": 2 },
};
/** Size of a run with ffmpeg.wasm, which starts slowly. Faults of the render server do not affect it. */
export const WASM: PlanSize = {
  ...{ seconds: 120, kills: 5, tasks: 12, uploads: 6, rounds: 1, outage: 20 },
  least: { "service killed": 5, "clock jumps": 2 },
};

const STEPS: Step["wish"][][] = [
  [],
  [],
  [],
  ["create"],
  ["cancel"],
  ["cancel", "retry"],
  ["delete"],
  ["create", "delete"],
];

/** Makes the plan of a run. The same seed and size give the same plan. */
export function makePlan(seed: string, size: PlanSize): Plan {
  const random = seededRandom(seed);
  const between = (least: number, most: number) => least + random() * (most - least);
  const { seconds, outage } = size;
  const others = Array.from({ length: size.rounds }, (_, round) => {
    const length = () => between(0.2, 1) * outage;
    const faults: Plan["faults"][number]["fault"][] = [
      { kind: "renderer killed", seconds: between(0, outage / 6) },
      { kind: "renderer hung", seconds: between(0.5, 0.8) * outage },
      { kind: "renderer slow", seconds: length() },
      { kind: "renderer answers garbage", seconds: length() },
      { kind: "renderer cut off", seconds: length() },
      { kind: "storage fails 1 in 5", seconds: outage },
      { kind: "database down", seconds: round === 0 ? outage : length() / 3 },
      { kind: "database deaf", seconds: length() },
      { kind: "queue late, twice", seconds: length() },
      { kind: "clock jumps", jump: Math.round(between(30, 180)) },
      { kind: "clock jumps", jump: -Math.round(between(1, 30)) },
    ];
    return shuffled(faults, random);
  }).flat();
  const slot = seconds / others.length;
  return {
    seconds,
    kills: Array.from({ length: size.kills }, () => ({ afterSeconds: between(0.3, (1.4 * seconds) / size.kills) })),
    // Faults start one after the other, so each has an effect. Long faults overlap with later ones.
    faults: others.map((fault, index) => ({ at: slot * (index + random()), fault })),
    tasks: Array.from({ length: size.tasks }, (_, index) => ({
      at: (0.9 * seconds * (index + random())) / size.tasks,
      key: `${seed}-${index}`,
      request: makeRequest(index, random),
      ...fateOf(index),
      hangsUp: random() < 0.4 ? Math.round(between(1, 400)) : null,
      steps: (STEPS[Math.floor(random() * STEPS.length)] ?? []).map((wish) => ({ after: between(0, 4), wish })),
    })),
    uploads: Array.from({ length: size.uploads }, (_, index) => ({
      at: (0.95 * seconds * (index + random())) / size.uploads,
      name: `upload-${index}.mp4`,
      method: random() < 0.5 ? "POST" : "PUT",
      hangsUp: random() < 0.3 ? Math.round(between(1, 400)) : null,
    })),
  };
}

/** One in six tasks fetches its materials, and one in twelve fails because of an invalid linked file. */
function fateOf(index: number): Pick<PlannedTask, "from" | "fails"> {
  if (index % 12 === 4) return { from: "elsewhere", fails: "input_refused" };
  return { from: index % 6 === 4 ? "elsewhere" : "uploads", fails: null };
}

const MATERIALS = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"];

/** A request for a tiny video; each request differs. */
function makeRequest(index: number, random: () => number): object {
  const clips = 1 + Math.floor(random() * 3);
  return {
    video_subject: `Chaos ${index}`,
    video_materials: shuffled(MATERIALS, random)
      .slice(0, clips)
      .map((url) => ({ url })),
    video_clip_duration: 0.5 + Math.round(random() * 10) / 10,
    video_count: random() < 0.2 ? 2 : 1,
    ...(random() < 0.3 ? { video_script: "Words to be read." } : {}),
    ...(random() < 0.2 ? { custom_audio_file: "narration.wav" } : {}),
  };
}
