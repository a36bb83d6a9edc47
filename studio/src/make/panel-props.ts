import type { Draft } from "./draft.ts";

/** What each panel of the form gets. */
export interface PanelProps {
  draft: Draft;
  change: (fields: Partial<Draft>) => void;
  /** What is wrong with a field of the request, by its name. */
  errors: ReadonlyMap<string, string>;
}
