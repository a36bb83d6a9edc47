import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The order of the projects. `e2e` is not the first, because its services start meanwhile. The projects with the
 * shortest files come last, so that both workers end at about the same time.
 */
const ORDER = ["rendering", "e2e", "deployment", "container", "worker", "unit"];

/** Runs the files project by project in {@link ORDER}, and within a project in vitest's order: the longest file first. */
export class ProjectSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ project }: TestSpecification) => ORDER.indexOf(project.name);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
