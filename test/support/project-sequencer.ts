import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Projects whose files share a process that takes long to start. They run one after the other, at the end. */
const LAST = ["worker", "unit"];

/**
 * The order of the test files. Files of `e2e`, which mostly wait for their services, take turns with those of
 * other projects, so that both processors are busy. In each project the longest file comes first.
 */
export class ProjectSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const of = (...names: string[]) => sorted.filter(({ project }) => names.includes(project.name));
    const last = LAST.flatMap((name) => of(name));
    const waiting = of("e2e");
    const busy = sorted.filter((file) => !last.includes(file) && !waiting.includes(file));
    const turns = Math.max(waiting.length, busy.length);
    const alternating = Array.from({ length: turns }, (_, turn) => [
      ...busy.slice(turn, turn + 1),
      ...waiting.slice(turn, turn + 1),
    ]);
    return [...alternating.flat(), ...last];
  }
}
