import { seededRandom, shuffled } from "../../src/timeline/seeded-random.ts";

/** A fault that begins at a time and lasts for a while. Seconds. */
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

/** What is done with a task after it was made. `create`: the same request again, with its key. */
export interface Step {
  /** Seconds after the step before it. */
  after: number;
  wish: "cancel" | "delete" | "retry" | "create";
}

export interface PlannedTask {
  /** Seconds from the start. */
  at: number;
  key: string;
  request: object;
  /** Where its materials are: uploaded, or elsewhere, to be fetched. */
  from: "uploads" | "elsewhere";
  /** The code that it must fail with; null where it must succeed. */
  fails: string | null;
  /** After how many milliseconds the client that asks for it first hangs up; null where it waits for the answer. */
  hangsUp: number | null;
  steps: Step[];
}

/** A file that is uploaded once, however that ends. */
export interface PlannedUpload {
  at: number;
  name: string;
  /** By a form, or as a raw body. */
  method: "POST" | "PUT";
  /** After how many milliseconds the client hangs up; null where it waits for the answer. */
  hangsUp: number | null;
}

/** A whole run. */
export interface Plan {
  /** Killing the service is done in this order, each when the service is up again. */
  kills: { afterSeconds: number }[];
  faults: { at: number; fault: Exclude<Fault, { kind: "service killed" }> }[];
  tasks: PlannedTask[];
  uploads: PlannedUpload[];
  /** Until when there are faults, in seconds from the start. */
  seconds: number;
}

/** How much of everything. */
export interface PlanSize {
  seconds: number;
  kills: number;
  tasks: number;
  uploads: number;
  /** How often each of the other faults comes. */
  rounds: number;
  /** Longest that a fault lasts, in seconds: so long D1 is down the first time. */
  outage: number;
  /** How often each fault must be met at least for the run to say anything, by how the report names it. */
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
/** For ffmpeg.wasm, which takes long to start: what befalls the render server does not matter to it. */
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

/** The run of a seed: the same each time. */
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
    // One after the other, so that each is seen, and long ones beside those that follow.
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

/** Of every six tasks one fetches its materials, and of every twelve one fails for what it gets. */
function fateOf(index: number): Pick<PlannedTask, "from" | "fails"> {
  if (index % 12 === 4) return { from: "elsewhere", fails: "input_refused" };
  return { from: index % 6 === 4 ? "elsewhere" : "uploads", fails: null };
}

const MATERIALS = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"];

/** A tiny video, and each another. */
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
