import type { z } from "zod";

/**
 * Returns a stored result, or makes it and stores it, so that a provider is never paid twice for the same question.
 *
 * @param key R2 key, which includes a hash of the question.
 */
export async function storedOnce<T>(
  bucket: R2Bucket,
  key: string,
  schema: z.ZodType<T>,
  make: () => Promise<T>,
): Promise<T> {
  const known = await bucket.get(key);
  if (known) return schema.parse(await known.json());
  const made = await make();
  await storeJson(bucket, key, made);
  return made;
}

/** Stores a value as JSON. */
export async function storeJson(bucket: R2Bucket, key: string, value: unknown): Promise<void> {
  await bucket.put(key, JSON.stringify(value), { httpMetadata: { contentType: "application/json" } });
}

/** Reads a value that a job before this one has stored. */
export async function readStored<T>(bucket: R2Bucket, key: string, schema: z.ZodType<T>): Promise<T> {
  const stored = await bucket.get(key);
  if (!stored) throw new Error("an authored part of the task is no longer stored");
  return schema.parse(await stored.json());
}
