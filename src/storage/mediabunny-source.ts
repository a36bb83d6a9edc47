import { CustomSource } from "mediabunny";

/**
 * An R2 object as a source for mediabunny, read by ranges: a file of any size with a few MiB of memory.
 *
 * @param size of the object in bytes.
 */
export function objectSource(bucket: R2Bucket, key: string, size: number): CustomSource {
  return new CustomSource({
    getSize: () => size,
    async read(start, end) {
      const object = await bucket.get(key, { range: { offset: start, length: end - start } });
      if (!object) throw new Error(`${key} is not stored`);
      return object.body;
    },
    prefetchProfile: "network",
    maxCacheSize: 8 * 1024 * 1024,
  });
}
