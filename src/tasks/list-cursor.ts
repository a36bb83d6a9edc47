import { CodedError } from "../api/errors.ts";
import type { Position } from "../db/task-catalog.ts";

const CURSOR = /^(\d{1,15})\.([0-9a-f-]{36})$/;

/** Encodes a position in the task list as opaque text. */
export function formatCursor({ createdAt, id }: Position): string {
  return btoa(`${createdAt}.${id}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Decodes the result of {@link formatCursor}.
 *
 * @throws CodedError `invalid_request`
 */
export function parseCursor(text: string): Position {
  const [, createdAt, id] = (/^[\w-]+$/.test(text) && CURSOR.exec(decode(text))) || [];
  if (createdAt === undefined || id === undefined) {
    throw new CodedError("invalid_request", "cursor: is invalid; use next_cursor from a list response");
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
