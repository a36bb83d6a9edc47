import { evictDurableObject, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { bindings } from "./bindings.ts";
import { clearStorage, prepareDatabase } from "./database.ts";

// The test files share one isolate, because one isolate per file starts slower. This removes what the file before
// left behind.
const scope = globalThis as { untouchedBindings?: typeof bindings; stoppedTasks?: Set<string> };
scope.untouchedBindings ??= { ...bindings };
for (const name of Object.keys(bindings)) {
  if (!(name in scope.untouchedBindings)) Reflect.deleteProperty(bindings, name);
}
Object.assign(bindings, scope.untouchedBindings);

// A task that is still at work would write its row to D1 again. Without its storage the object has no task, so its
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
