import { z } from "zod";
import { gatherWorkSchema } from "../protocol/authoring.ts";

/** A plan job, or with `gather` a gather job, that a consumer has claimed, and that runs outside of the queue. */
export const planRunSchema = z.strictObject({
  taskId: z.uuid(),
  jobId: z.string(),
  ticket: z.strictObject({ generation: z.number().int(), run: z.number().int() }),
  gather: gatherWorkSchema.nullable().default(null),
});
export type PlanRun = z.infer<typeof planRunSchema>;

/** The object that runs a task's plan job outside of the queue, addressed by the task's id. */
interface PlanRunnerCalls extends Rpc.DurableObjectBranded {
  /** Starts the run. It reports to the TaskObject itself. */
  start(run: PlanRun): Promise<void>;
}

/** The Worker's binding that leads to these objects. */
export interface PlanRunnerBindings {
  PLAN_RUNNERS: DurableObjectNamespace<PlanRunnerCalls>;
}
