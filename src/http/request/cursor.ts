import { CodedError } from "../../api/errors.ts";
import type { Position } from "../../db/task-catalog.ts";

const CURSOR = /^(\d{1,15})\.([0-9a-f-]{36})$/;

/** A place in the list as an opaque text. */
export function formatCursor({ createdAt, id }: Position): string {
  return btoa(`${createdAt}.${id}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The place that a cursor stands for.
 *
 * @throws CodedError 400 for a text that is no cursor.
 */
export function parseCursor(text: string): Position {
  const [, createdAt, id] = (/^[\w-]+$/.test(text) && CURSOR.exec(decode(text))) || [];
  if (createdAt === undefined || id === undefined) {
    throw new CodedError("invalid_request", "cursor: is none that a list answered in next_cursor");
  }
  return { createdAt: Number(createdAt), id };
}

function decode(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
