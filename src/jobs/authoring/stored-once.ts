import type { z } from "zod";
import { storePaid } from "../../authoring/store-paid.ts";
import { storeJson } from "../../storage/stored-json.ts";

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
  await storePaid(() => storeJson(bucket, key, made));
  return made;
}
