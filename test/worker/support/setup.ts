import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { bindings } from "./bindings.ts";
import { clearStorage, prepareDatabase } from "./database.ts";

// The files share one isolate, which starts faster than one for each file. What one file leaves behind is
// removed before the next begins.
const scope = globalThis as { untouchedBindings?: typeof bindings; stoppedTasks?: Set<string> };
scope.untouchedBindings ??= { ...bindings };
for (const name of Object.keys(bindings)) {
  if (!(name in scope.untouchedBindings)) Reflect.deleteProperty(bindings, name);
}
Object.assign(bindings, scope.untouchedBindings);

// A task with an alarm would wake up later and write its row to D1 again.
scope.stoppedTasks ??= new Set();
for (const id of await listDurableObjectIds(bindings.TASKS)) {
  if (scope.stoppedTasks.has(id.toString())) continue;
  scope.stoppedTasks.add(id.toString());
  await runInDurableObject(bindings.TASKS.get(id), (_, state) => state.storage.deleteAlarm());
}
await prepareDatabase();
await clearStorage();
