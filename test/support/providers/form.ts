import { createHash } from "node:crypto";

/** The fields of a form; of files their properties, and for WAV files with 16-bit samples their length in seconds. */
export async function readForm(bytes: Buffer, mediaType: string): Promise<object> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": mediaType } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) fields[name] = typeof value === "string" ? value : await describe(value);
  return fields;
}

async function describe(file: File): Promise<object> {
  const content = Buffer.from(await file.arrayBuffer());
  const isWav = content.toString("latin1", 0, 4) === "RIFF";
  return {
    ...{ name: file.name, type: file.type, size: file.size },
    sha256: createHash("sha256").update(content).digest("hex"),
    seconds: isWav ? (file.size - 44) / (2 * content.readUInt16LE(22) * content.readUInt32LE(24)) : null,
  };
}
