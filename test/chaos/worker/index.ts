// The service with faults in its bindings and its clock. A PUT to FAULTS_PATH sets the faults.
import type { Env } from "../../../src/env.ts";
import service, { PlanRunner as OriginalPlanRunner, UploadObject as OriginalUploadObject } from "../../../src/index.ts";
import { TaskObject as Original } from "../../../src/tasks/object/task-object.ts";
import { faulty, setFaults, shiftAlarms } from "./faulty-bindings.ts";
import { FAULTS_PATH, faultSettingsSchema } from "./settings.ts";

export { RenderContainer, RenderPool } from "../../../src/index.ts";

export class TaskObject extends Original {
  constructor(state: DurableObjectState, env: Env) {
    shiftAlarms(state.storage);
    super(state, faulty(env));
  }
}

export class PlanRunner extends OriginalPlanRunner {
  constructor(state: DurableObjectState, env: Env) {
    shiftAlarms(state.storage);
    super(state, faulty(env));
  }
}

export class UploadObject extends OriginalUploadObject {
  constructor(state: DurableObjectState, env: Env) {
    shiftAlarms(state.storage);
    super(state, faulty(env));
  }
}

export default {
  async fetch(request: Request<unknown, IncomingRequestCfProperties>, env: Env, context: ExecutionContext) {
    if (new URL(request.url).pathname === FAULTS_PATH) {
      setFaults(faultSettingsSchema.parse(await request.json()));
      return new Response(null, { status: 204 });
    }
    return service.fetch(request, faulty(env), context);
  },
  queue: (batch, env) => service.queue(batch, faulty(env)),
  scheduled: (controller, env) => service.scheduled(controller, faulty(env)),
} satisfies ExportedHandler<Env>;
