import { posix } from "node:path";

/** A source file: its path below the repository, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** The max number of files in one folder. */
const MAX_FILES_PER_FOLDER = 15;
/** The max number of files that may import each other in a circle. */
const MAX_FILES_PER_CIRCLE = 4;
/** Files beside the rooms, which see all rooms below `src/jobs`: they name the Worker's bindings and entry points. */
const ROOT_FILES = ["src/env.ts", "src/index.ts", "src/cloudflare.d.ts"];

/** Folders of Workers whose code the API Worker must not have, and packages that call providers. */
const PROVIDER_CODE = /^(?:author|voice)\/|^(?:ai|workers-ai-provider|@ai-sdk\/.*|openai)$/;

/** What a file imports, types included: paths below the repository, and names of packages. */
export function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...specifiers].map(([, name = ""]) => (name.startsWith(".") ? posix.join(posix.dirname(path), name) : name));
}

/**
 * Checks the imports of the API Worker's source.
 *
 * @param order the rooms (folders of `src/`) from top to bottom: a room may import only from rooms below it.
 * @returns one sentence for each broken rule, with file, import and rule.
 */
export function brokenImportRules(files: readonly SourceFile[], order: readonly string[]): string[] {
  const broken: string[] = [];
  for (const file of files) {
    const room = roomOf(file.path);
    for (const imported of importsOf(file)) {
      const target = imported.startsWith("src/") ? roomOf(imported) : null;
      if (PROVIDER_CODE.test(imported)) {
        broken.push(`${file.path} imports ${imported}: the API Worker has nothing of other Workers and of providers`);
      }
      if (room === "api" && target !== "api" && imported !== "zod") {
        broken.push(`${file.path} imports ${imported}: src/api imports only zod and itself`);
      } else if (room !== null && target !== null && target !== room && order.indexOf(target) <= order.indexOf(room)) {
        broken.push(`${file.path} imports ${imported}: src/${room} imports only from rooms below it`);
      }
    }
    if (room === null && !ROOT_FILES.includes(file.path)) broken.push(`${file.path}: belongs into a room`);
    if (room !== null && !order.includes(room))
      broken.push(`${file.path}: the room src/${room} has no place in the order`);
  }
  for (const [folder, paths] of Map.groupBy(files, ({ path }) => posix.dirname(path))) {
    if (paths.length > MAX_FILES_PER_FOLDER) {
      broken.push(`${folder} has ${paths.length} files: a folder has at most ${MAX_FILES_PER_FOLDER}`);
    }
  }
  for (const circle of circlesOf(files).filter((paths) => paths.length > MAX_FILES_PER_CIRCLE)) {
    broken.push(`${circle.join(", ")} import each other: a circle has at most ${MAX_FILES_PER_CIRCLE} files`);
  }
  return broken;
}

/** The folder of `src/` that a file is in; null for a file of `src/` itself. */
function roomOf(path: string): string | null {
  const [, room, ...rest] = path.split("/");
  return room !== undefined && rest.length > 0 ? room : null;
}

/** Groups of files that import each other: the strongly connected components of the imports (Tarjan's algorithm). */
export function circlesOf(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.map((file) => [file.path, importsOf(file)]));
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    lowest.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(path, Math.min(lowest.get(path) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return circles;
}
