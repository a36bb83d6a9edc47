import { z } from "zod";

const share = z.number().min(0).max(1);

/** Which faults the Worker under test has at present. */
export const faultSettingsSchema = z.strictObject({
  /** Decides which calls fail, in the order in which they come: another one for each start of the Worker. */
  seed: z.string(),
  /** Share of the writes to R2 that fail: half of these before anything is written, half after. */
  storage: share,
  /** `down`: every call of D1 fails. `deaf`: every fourth call does its work, and its answer is lost. */
  database: z.enum(["up", "deaf", "down"]),
  /** Share of the messages that come late, out of order, and twice. */
  queue: share,
  /** How far the clock is ahead, in milliseconds. */
  clock: z.number().int(),
});
export type FaultSettings = z.infer<typeof faultSettingsSchema>;

/** No faults. */
export const noFaults: FaultSettings = { seed: "", storage: 0, database: "up", queue: 0, clock: 0 };

/** Where the settings are PUT, and by which name the log tells of a fault. */
export const FAULTS_PATH = "/faults";
export const FAULT_EVENT = "fault";
