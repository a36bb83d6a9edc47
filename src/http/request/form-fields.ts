import { CodedError } from "../../api/errors.ts";

/** A form whose files are small enough to be read at once. */
export interface FormFields {
  /** The values of the text fields. `name[]` is a list, `name[part]` an object. */
  fields: Record<string, unknown>;
  /** The files by field. */
  files: Map<string, File>;
}

/**
 * Reads a whole `multipart/form-data` body (RFC 7578).
 *
 * @throws CodedError `invalid_request` if it is not a form; `too_large` above `maxBytes`.
 */
export async function readForm(request: Request, maxBytes: number): Promise<FormFields> {
  const form = await parsed(request, maxBytes);
  const fields: Record<string, unknown> = Object.create(null);
  const files = new Map<string, File>();
  for (const [name, value] of form) {
    if (typeof value !== "string") files.set(name, value);
    else add(fields, name, value);
  }
  return { fields: { ...fields }, files };
}

function add(fields: Record<string, unknown>, name: string, value: string): void {
  const [, field = name, part] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? [];
  const known = fields[field];
  if (part === undefined) fields[field] = value;
  else if (part === "") fields[field] = [...(Array.isArray(known) ? known : []), value];
  else fields[field] = { ...(typeof known === "object" ? known : {}), [part]: value };
}

async function parsed(request: Request, maxBytes: number): Promise<FormData> {
  const tooLarge = new CodedError("too_large", `the form is larger than ${maxBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge;
  if (!request.body) throw new CodedError("invalid_request", "the body is empty");
  let size = 0;
  const limited = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > maxBytes) throw tooLarge;
        controller.enqueue(chunk);
      },
    }),
  );
  try {
    return await new Response(limited, {
      headers: { "content-type": request.headers.get("content-type") ?? "" },
    }).formData();
  } catch (error) {
    if (size > maxBytes) throw tooLarge;
    throw new CodedError("invalid_request", "the form cannot be read", { cause: error });
  }
}
