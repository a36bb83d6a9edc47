import { expect, test } from "vitest";
import { isFinal, stages } from "../../../src/api/task-state.ts";
import { webhookTypeOf } from "../../../src/webhooks/events.ts";

test("a webhook event is sent only for each start and each end of a task's work", () => {
  for (const from of stages) {
    for (const to of stages) {
      const type = webhookTypeOf(from, to);
      if (from === to || to === "queued") expect(type).toBeNull();
      else if (isFinal(to)) expect(type).toBe(`task.${to}`);
      else expect(type).toBe(from === "queued" || isFinal(from) ? "task.started" : null);
    }
  }
});
