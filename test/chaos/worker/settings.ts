import { z } from "zod";

const share = z.number().min(0).max(1);

/** The current faults of the Worker under test. */
export const faultSettingsSchema = z.strictObject({
  /** Determines which calls fail, by their order. Each start of the Worker has another seed. */
  seed: z.string(),
  /** Share of the writes to R2 that fail, half of them before and half of them after the data is written. */
  storage: share,
  /** `down`: every call of D1 fails. `deaf`: one in four calls succeeds but loses its response. */
  database: z.enum(["up", "deaf", "down"]),
  /** Share of the messages that arrive late and out of order; half of these arrive twice. */
  queue: share,
  /** How far the Worker's clock is ahead of the real time, in milliseconds. */
  clock: z.number().int(),
});
export type FaultSettings = z.infer<typeof faultSettingsSchema>;

/** Settings without faults. */
export const noFaults: FaultSettings = { seed: "", storage: 0, database: "up", queue: 0, clock: 0 };

/** Path to which the settings are sent, and the log event of an injected fault. */
export const FAULTS_PATH = "/faults";
export const FAULT_EVENT = "fault";
