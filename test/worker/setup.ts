import { bindings } from "./bindings.ts";
import { clearStorage, prepareDatabase } from "./database.ts";

// The files share one isolate, which starts quicker than one for each: what one leaves behind is gone
// before the next begins.
const scope = globalThis as { untouchedBindings?: typeof bindings };
scope.untouchedBindings ??= { ...bindings };
for (const name of Object.keys(bindings)) {
  if (!(name in scope.untouchedBindings)) Reflect.deleteProperty(bindings, name);
}
Object.assign(bindings, scope.untouchedBindings);
await prepareDatabase();
await clearStorage();
