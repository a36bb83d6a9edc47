import { evictDurableObject, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
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

// A task that is still at work would write its row to D1 again. Without its storage it is no task, so that its
// alarm and its messages change nothing.
scope.stoppedTasks ??= new Set();
for (const id of await listDurableObjectIds(bindings.TASKS)) {
  if (scope.stoppedTasks.has(id.toString())) continue;
  scope.stoppedTasks.add(id.toString());
  const task = bindings.TASKS.get(id);
  await runInDurableObject(task, async (_, state) => {
    await state.storage.deleteAlarm();
    await state.storage.deleteAll();
  });
  await evictDurableObject(task);
}
await prepareDatabase();
await clearStorage();
