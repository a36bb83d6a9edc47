/** The max keys in one R2 list or delete call. */
const MAX_KEYS_PER_CALL = 1000;

/** Deletes every object whose key starts with `prefix`. Returns how many were deleted. */
export async function deletePrefix(bucket: R2Bucket, prefix: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix, limit: MAX_KEYS_PER_CALL });
    if (objects.length > 0) await bucket.delete(objects.map((object) => object.key));
    deleted += objects.length;
    if (!truncated) return deleted;
  }
}

/** Deletes objects by key. Any number of keys is allowed. */
export async function deleteKeys(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += MAX_KEYS_PER_CALL) {
    await bucket.delete(keys.slice(start, start + MAX_KEYS_PER_CALL));
  }
}
