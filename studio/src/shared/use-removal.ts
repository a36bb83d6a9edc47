import { useText } from "../text/languages.ts";
import { NOTICE_MS, notify } from "./notices.tsx";
import { reasonOf } from "./use-loaded.ts";

/**
 * Returns a function that removes something once its notice is gone, so that this can be undone until then.
 *
 * @returns `(name, remove, undo)`: what is removed, what removes it, and what shows it again if the visitor undoes it.
 */
export function useRemoval(): (name: string, remove: () => Promise<unknown>, undo: () => void) => void {
  const text = useText();
  return (name, remove, undo) => {
    const timer = setTimeout(() => {
      remove().catch((error: unknown) => notify({ message: text("somethingWrong", { reason: reasonOf(error) }) }));
    }, NOTICE_MS);
    const run = () => {
      clearTimeout(timer);
      undo();
    };
    notify({ message: text("deleted", { name }), action: { label: text("undo"), run } });
  };
}
