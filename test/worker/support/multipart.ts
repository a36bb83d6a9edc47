import { bindings } from "./bindings.ts";

const { MEDIA } = bindings;

/** The real bucket, which counts its multipart uploads, so that a test sees one that is left open. */
export function countingUploads(bucket: R2Bucket) {
  const counts = { created: 0, completed: 0, aborted: 0 };
  const proxy = new Proxy(bucket, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "createMultipartUpload") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: Parameters<R2Bucket["createMultipartUpload"]>) => {
        const upload = await target.createMultipartUpload(...args);
        counts.created++;
        return {
          uploadPart: (number: number, bytes: Uint8Array) => upload.uploadPart(number, bytes),
          complete: async (parts: R2UploadedPart[]) => {
            const object = await upload.complete(parts);
            counts.completed++;
            return object;
          },
          abort: async () => {
            await upload.abort();
            counts.aborted++;
          },
        };
      };
    },
  });
  return { bucket: proxy, counts };
}

/** The bytes of an object in R2. Throws if there is none. */
export async function storedBytes(key: string): Promise<Uint8Array> {
  const object = await MEDIA.get(key);
  if (!object) throw new Error(`${key} is not stored`);
  return object.bytes();
}

/** True if two byte arrays are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}
