import { CodedError } from "../../api/errors.ts";

/** What a form part's `Content-Disposition` header says. */
export interface PartDisposition {
  /** The name of the form field; empty if the part has none. */
  field: string;
  /** The file name; undefined if the part is not a file. */
  fileName: string | undefined;
}

/** A parameter: its name, and its value as a quoted string or up to the next semicolon. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"|([^;"]*))/g;

/**
 * Reads the `Content-Disposition` header of a part of a `multipart/form-data` body (RFC 7578 §4.2). Names may have any
 * Unicode characters, as browsers and curl send them.
 *
 * - In a quoted name, `\"` and `\\` are unescaped, as are `%22`, `%0D` and `%0A`: the HTML standard has browsers escape
 *   just these three. Any other backslash or percent sign stands for itself.
 * - `filename*` (RFC 8187) goes before `filename`.
 *
 * @param header the header, decoded as UTF-8. A byte that is not UTF-8 has become U+FFFD.
 * @throws CodedError `invalid_request` if the file name is not UTF-8, or `filename*` is not percent-encoded UTF-8.
 */
export function readPartDisposition(header: string): PartDisposition {
  const values = new Map<string, string>();
  for (const [, name = "", quoted, plain = ""] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, quoted === undefined ? plain.trim() : unescaped(quoted));
  }
  const extended = values.get("filename*");
  const fileName = extended === undefined ? values.get("filename") : decodedExtended(extended);
  if (extended === undefined && fileName?.includes("\uFFFD")) {
    throw new CodedError("invalid_request", `the file name ${JSON.stringify(fileName)} is not UTF-8: send it as UTF-8`);
  }
  return { field: values.get("name") ?? "", fileName };
}

function unescaped(quoted: string): string {
  return quoted
    .replace(/\\(["\\])/g, "$1")
    .replaceAll("%22", '"')
    .replace(/%0D/gi, "\r")
    .replace(/%0A/gi, "\n");
}

/** Decodes an extended value: `UTF-8'language'percent-encoded`. */
function decodedExtended(value: string): string {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value)?.[1];
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded);
  } catch {
    // Reported below.
  }
  throw new CodedError(
    "invalid_request",
    `filename*=${value} is not percent-encoded UTF-8: send UTF-8''name, or the name itself as filename="name"`,
  );
}
