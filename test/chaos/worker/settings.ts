import { z } from "zod";

const share = z.number().min(0).max(1);

/** The faults of the Worker under test. */
export const faultSettingsSchema = z.strictObject({
  /** Decides which calls fail, in the order in which they come. Each start of the Worker gets another seed. */
  seed: z.string(),
  /** Share of the writes to R2 that fail: half of them before anything is written, half of them after. */
  storage: share,
  /** `down`: every call of D1 fails. `lossy`: every call is executed, but one response in four is lost. */
  database: z.enum(["up", "lossy", "down"]),
  /** Share of the messages that arrive late and out of order. Half of these arrive twice. */
  queue: share,
  /** How far the clock is ahead. */
  clockMs: z.number().int(),
});
export type FaultSettings = z.infer<typeof faultSettingsSchema>;

/** No faults. */
export const noFaults: FaultSettings = { seed: "", storage: 0, database: "up", queue: 0, clockMs: 0 };

/** The path to PUT the settings to. */
export const FAULTS_PATH = "/faults";
/** The log event of each injected fault. */
export const FAULT_EVENT = "fault";
/** The log event of each authored object that is stored. */
export const STORED_EVENT = "authored_stored";
