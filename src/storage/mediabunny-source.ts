import { CustomSource } from "mediabunny";

/** Max memory for the bytes of one object. */
const MAX_CACHE_BYTES = 8 * 1024 * 1024;

/**
 * Lets mediabunny read an R2 object with range reads, so that a large file needs little memory.
 *
 * @param size size of the object in bytes.
 */
export function objectSource(bucket: R2Bucket, key: string, size: number): CustomSource {
  return new CustomSource({
    getSize: () => size,
    async read(start, end) {
      const object = await bucket.get(key, { range: { offset: start, length: end - start } });
      if (!object) throw new Error("the stored file was deleted while it was read");
      return object.body;
    },
    prefetchProfile: "network",
    maxCacheSize: MAX_CACHE_BYTES,
  });
}
