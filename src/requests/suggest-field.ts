import { distance } from "fastest-levenshtein";

/**
 * The known field that an unknown name probably means: one that is spelled almost the same, or that has all of its words,
 * as `video_script` has those of `script`. Null if there is none.
 */
export function suggestField(unknown: string, known: readonly string[]): string | null {
  const name = snakeCase(unknown.slice(0, 100));
  const similar = known
    .map((field) => ({ field, typos: distance(name, field) }))
    .filter(({ field, typos }) => typos <= maxTypos(withoutSharedWords(name, field)))
    .toSorted((a, b) => a.typos - b.typos)[0];
  if (similar) return similar.field;
  const words = name.split("_");
  const containing = known.filter((field) => {
    const parts = field.split("_");
    return words.every((word) => word.length > 2 && parts.includes(word));
  });
  return containing.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

/** A name of more characters may have more typing errors. */
function maxTypos(name: string): number {
  return name.length <= 4 ? 1 : name.length <= 8 ? 2 : 3;
}

/** The part of a name after the words with which both names begin, such as `video_`. */
function withoutSharedWords(name: string, field: string): string {
  let shared = 0;
  for (let at = 0; at < name.length && name[at] === field[at]; at++) if (name[at] === "_") shared = at + 1;
  return name.slice(shared);
}

function snakeCase(name: string): string {
  return name
    .trim()
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/[\s.-]+/g, "_")
    .toLowerCase();
}
