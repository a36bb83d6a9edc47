import { useCallback, useEffect, useState } from "preact/hooks";

/** Data that is being loaded, is there, or could not be loaded. */
export type Loaded<T> = { state: "loading" } | { state: "loaded"; value: T } | { state: "failed"; reason: string };

/** Loads data once, and again when `reload` is called. */
export function useLoaded<T>(load: () => Promise<T>, keys: readonly unknown[] = []): [Loaded<T>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (value) => current && setLoaded({ state: "loaded", value }),
      (error: unknown) => current && setLoaded({ state: "failed", reason: reasonOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [times, ...keys]);
  return [loaded, useCallback(() => setTimes((count) => count + 1), [])];
}

/** The value, or something else until it is there. */
export function valueOr<T>(loaded: Loaded<T>, otherwise: T): T {
  return loaded.state === "loaded" ? loaded.value : otherwise;
}

/** What to tell about an error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
