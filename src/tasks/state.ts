import { isFinal, type Stage, stages } from "../api/task-state.ts";

/** How a task moves between its stages, as pure rules. Times in Unix milliseconds. */

/**
 * The stage in which a retried task resumes: it is planned again if it has no plan, and keeps its finished
 * jobs otherwise.
 *
 * @param left the number of render jobs that are not done; null if there is no plan.
 */
export function stageAfterRetry(left: { rendersLeft: number } | null): Stage {
  if (!left) return "queued";
  return left.rendersLeft > 0 ? "rendering" : "assembling";
}

/**
 * Whether a task's work may move it from one stage to another: forwards, to `failed` or `cancelled` from any
 * stage that is not final, and back to `planning` when the task is planned for another renderer.
 */
export function canMove(from: Stage, to: Stage): boolean {
  if (isFinal(from) || from === to) return false;
  return to === "failed" || to === "planning" || stages.indexOf(to) > stages.indexOf(from);
}

/** The weight of a task's jobs. */
export interface WorkCount {
  /** Weight of the finished jobs. */
  finished: number;
  /** Weight of all jobs; 0 before there is a plan. */
  total: number;
}

/** The weight of a task's jobs before and after it is planned. */
export interface AllWork extends WorkCount {
  /** Weight of the jobs before the plan; 0 for a task that authors nothing. */
  authoring: number;
  /** Weight of those that are done. */
  authored: number;
}

/** The share of the progress that belongs to authoring, in per cent. */
const AUTHORING_PERCENT = 20;

/**
 * Progress in per cent: 1 once planned, up to 99 while jobs finish, 100 only for success; never below `before`. If
 * something is authored, that takes the progress to 20, and the jobs after it from there to 99.
 */
export function progressOf(stage: Stage, work: AllWork, before: number): number {
  if (stage === "succeeded") return 100;
  const planned = work.authoring > 0 ? AUTHORING_PERCENT : 1;
  if (work.total > 0)
    return Math.min(99, Math.max(before, planned + Math.floor(((99 - planned) * work.finished) / work.total)));
  if (work.authoring > 0) return Math.max(before, Math.floor((AUTHORING_PERCENT * work.authored) / work.authoring));
  return before;
}

/** How fast a task's work goes since it was last started or resumed. */
export interface WorkPace extends WorkCount {
  /** When the work was last started or resumed, in Unix milliseconds. */
  since: number;
  /** Weight of the jobs that were finished by then. */
  before: number;
}

/** Seconds until a task is done at its pace so far; null if no job has finished yet. */
export function etaSeconds({ since, before, finished, total }: WorkPace, now: number): number | null {
  const done = finished - before;
  if (done <= 0) return null;
  return Math.ceil((Math.max(0, now - since) * (total - finished)) / done / 1000);
}
