interface OpenUpload {
  key: string;
  parts: Map<number, Uint8Array>;
}

/**
 * A bucket in memory with R2's rules for multipart uploads: parts of equal size, the last one at most as large, and
 * none missing. `fault` is asked before and after each write; a write after which it throws has happened.
 */
export class MemoryBucket {
  readonly objects = new Map<string, Uint8Array>();
  readonly uploads = new Map<string, OpenUpload>();
  fault: (when: "before" | "after") => void = () => undefined;
  #ids = 0;

  /** As the type that the code under test takes. It has what that code calls. */
  asBucket(): R2Bucket {
    return this as unknown as R2Bucket;
  }

  async head(key: string) {
    const bytes = this.objects.get(key);
    return bytes ? { key, size: bytes.byteLength } : null;
  }

  async get(key: string) {
    const bytes = this.objects.get(key);
    return bytes ? { key, size: bytes.byteLength, bytes: async () => bytes.slice() } : null;
  }

  async put(key: string, bytes: Uint8Array) {
    this.#write(() => this.objects.set(key, bytes.slice()));
  }

  async delete(keys: string | string[]) {
    this.#write(() => {
      for (const key of [keys].flat()) this.objects.delete(key);
    });
  }

  async list({ prefix }: { prefix: string }) {
    const objects = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key }));
    return { objects, truncated: false };
  }

  async createMultipartUpload(key: string) {
    const id = String(this.#ids++);
    this.#write(() => this.uploads.set(id, { key, parts: new Map() }));
    return this.resumeMultipartUpload(key, id);
  }

  resumeMultipartUpload(key: string, uploadId: string) {
    const open = () => {
      const upload = this.uploads.get(uploadId);
      if (upload?.key !== key) throw new Error("no such upload");
      return upload;
    };
    return {
      uploadId,
      uploadPart: async (partNumber: number, bytes: Uint8Array) => {
        this.#write(() => open().parts.set(partNumber, bytes.slice()));
        return { partNumber, etag: etagOf(bytes) };
      },
      complete: async (listed: { partNumber: number; etag: string }[]) => {
        const { parts } = open();
        const bodies = listed.map(({ partNumber, etag }) => {
          const bytes = parts.get(partNumber);
          if (!bytes || etagOf(bytes) !== etag) throw new Error(`part ${partNumber} is not what was listed`);
          return bytes;
        });
        const sizes = bodies.map(({ byteLength }) => byteLength);
        const [first = 0] = sizes;
        if (sizes.slice(0, -1).some((size) => size !== first) || (sizes.at(-1) ?? 0) > first) {
          throw new Error(`parts of different sizes: ${sizes}`);
        }
        this.#write(() => {
          this.objects.set(key, new Uint8Array(bodies.flatMap((bytes) => [...bytes])));
          this.uploads.delete(uploadId);
        });
      },
      abort: async () => {
        open();
        this.#write(() => this.uploads.delete(uploadId));
      },
    };
  }

  #write(change: () => void): void {
    this.fault("before");
    change();
    this.fault("after");
  }
}

function etagOf(bytes: Uint8Array): string {
  return bytes.toHex();
}
