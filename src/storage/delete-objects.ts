/** The max keys in one R2 list or delete call. */
const MAX_KEYS_PER_CALL = 1000;

/**
 * Deletes every object whose key starts with `prefix`. Returns how many were deleted.
 *
 * @param keep returns true for keys that stay.
 */
export async function deletePrefix(
  bucket: R2Bucket,
  prefix: string,
  keep: (key: string) => boolean = () => false,
): Promise<number> {
  let deleted = 0;
  let cursor: string | undefined;
  do {
    const listed = await bucket.list({ prefix, limit: MAX_KEYS_PER_CALL, ...(cursor === undefined ? {} : { cursor }) });
    const keys = listed.objects.map((object) => object.key).filter((key) => !keep(key));
    if (keys.length > 0) await bucket.delete(keys);
    deleted += keys.length;
    cursor = listed.truncated ? listed.cursor : undefined;
  } while (cursor !== undefined);
  return deleted;
}

/** Deletes objects by key. Any number of keys is allowed. */
export async function deleteKeys(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += MAX_KEYS_PER_CALL) {
    await bucket.delete(keys.slice(start, start + MAX_KEYS_PER_CALL));
  }
}
