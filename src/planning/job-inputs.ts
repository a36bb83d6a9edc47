import type { Input } from "../protocol/task-jobs.ts";

/** The index of an input in a job's list of inputs. Adds the input if it is missing. */
export function indexOfInput(inputs: Input[], input: Input): number {
  const known = inputs.findIndex(({ sha256 }) => sha256 === input.sha256);
  return known >= 0 ? known : inputs.push(input) - 1;
}
