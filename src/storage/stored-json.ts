import type { z } from "zod";

/** Stores a value as JSON. */
export async function storeJson(bucket: R2Bucket, key: string, value: unknown): Promise<void> {
  await bucket.put(key, JSON.stringify(value), { httpMetadata: { contentType: "application/json" } });
}

/**
 * Reads a value that a job has stored.
 *
 * @throws Error if it is no longer stored.
 */
export async function readStored<T>(bucket: R2Bucket, key: string, schema: z.ZodType<T>): Promise<T> {
  const stored = await bucket.get(key);
  if (!stored) throw new Error("an authored part of the task is no longer stored");
  return schema.parse(await stored.json());
}
