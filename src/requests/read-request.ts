import type { z } from "zod";
import { describeIssues } from "../api/describe-issues.ts";
import { CodedError } from "../api/errors.ts";
import { lenientValues, schemaAt } from "./lenient-values.ts";
import { suggestField } from "./suggest-field.ts";

/** A request that was read. */
export interface ReadRequest<T> {
  request: T;
  /** The values as they were given, as far as their fields accept them in another form: see {@link lenientValues}. */
  given: Record<string, unknown>;
  /** The paths of the unknown fields that were ignored. */
  ignored: string[];
}

/**
 * Reads the body of a request.
 *
 * @param strict whether unknown fields are errors. If not, they are ignored.
 * @throws CodedError `invalid_request` naming every wrong field, and for an unknown field the one that it may mean.
 */
export function readRequest<S extends z.ZodObject>(schema: S, body: object, strict: boolean): ReadRequest<z.output<S>> {
  const given = lenientValues(schema, body);
  let parsed = schema.safeParse(given);
  const ignored = strict ? [] : removeUnknown(given, parsed.error);
  if (ignored.length > 0) parsed = schema.safeParse(given);
  if (parsed.success) return { request: parsed.data, given, ignored };
  const suggest = (path: readonly PropertyKey[], name: string) => {
    const known = schemaAt(schema, path);
    return known && suggestField(name, Object.keys(known.shape));
  };
  throw new CodedError("invalid_request", describeIssues(parsed.error, suggest));
}

/** Removes the unknown fields that a schema has found, and returns their paths. */
function removeUnknown(body: Record<string, unknown>, error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const object = issue.path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)[step], body);
    return issue.keys.map((key) => {
      delete (object as Record<string, unknown>)[key];
      return [...issue.path, key].join(".");
    });
  });
}
