import type { StreamTargetChunk } from "mediabunny";
import { PART_SIZE } from "./put-stream.ts";

/**
 * Writes a muxer's output to an R2 object by multipart upload. A part is uploaded when it is full. The parts at the
 * start of the file are kept in memory until the end, because the muxer writes them again and an uploaded part cannot
 * be changed.
 *
 * @example
 * const sink = new ObjectSink(bucket, key, "video/mp4", headBytes);
 * new Output({ target: new StreamTarget(sink.writable), … });
 * await output.finalize();
 * await sink.complete();
 */
export class ObjectSink {
  readonly writable: WritableStream<StreamTargetChunk>;
  readonly #bucket: R2Bucket;
  readonly #key: string;
  readonly #httpMetadata: R2HTTPMetadata;
  readonly #headParts: number;
  /** Parts that are not uploaded yet, by index from 0. */
  readonly #open = new Map<number, Uint8Array>();
  readonly #uploaded: R2UploadedPart[] = [];
  #size = 0;
  #upload: R2MultipartUpload | null = null;

  /** @param headBytes number of bytes at the start of the file that the muxer may write again. */
  constructor(bucket: R2Bucket, key: string, contentType: string, headBytes: number) {
    this.#bucket = bucket;
    this.#key = key;
    this.#httpMetadata = { contentType };
    this.#headParts = Math.ceil(headBytes / PART_SIZE);
    this.writable = new WritableStream({ write: (chunk) => this.#write(chunk) });
  }

  /** Creates the object. Call this when the muxer is finished. */
  async complete(): Promise<void> {
    if (this.#size <= PART_SIZE && !this.#upload) {
      const whole = this.#open.get(0) ?? new Uint8Array(0);
      await this.#bucket.put(this.#key, whole.subarray(0, this.#size), { httpMetadata: this.#httpMetadata });
      return;
    }
    // A muxer that reserves space at the start of the file may never write some parts. These are zeros.
    for (let number = 0; number * PART_SIZE < this.#size; number++) {
      if (!this.#isUploaded(number)) this.#part(number);
      await this.#flush(number);
    }
    this.#uploaded.sort((a, b) => a.partNumber - b.partNumber);
    await (await this.#begin()).complete(this.#uploaded);
  }

  /** Discards everything. Call this when the muxer failed. */
  async abort(): Promise<void> {
    this.#open.clear();
    await this.#upload?.abort().catch(() => undefined);
  }

  async #write({ data, position }: StreamTargetChunk): Promise<void> {
    let done = 0;
    while (done < data.byteLength) {
      const at = position + done;
      const number = Math.floor(at / PART_SIZE);
      const offset = at - number * PART_SIZE;
      const bytes = data.subarray(done, done + PART_SIZE - offset);
      this.#part(number).set(bytes, offset);
      done += bytes.byteLength;
      this.#size = Math.max(this.#size, at + bytes.byteLength);
      // After the start of the file, a muxer writes in order: a part is full when the next part begins.
      for (const open of [...this.#open.keys()]) {
        if (open >= this.#headParts && open < Math.floor(this.#size / PART_SIZE)) await this.#flush(open);
      }
    }
  }

  #part(number: number): Uint8Array {
    const known = this.#open.get(number);
    if (known) return known;
    if (this.#isUploaded(number)) {
      throw new RangeError(`part ${number} is already uploaded and cannot be written again`);
    }
    const part = new Uint8Array(PART_SIZE);
    this.#open.set(number, part);
    return part;
  }

  #isUploaded(number: number): boolean {
    return this.#uploaded.some((part) => part.partNumber === number + 1);
  }

  async #flush(number: number): Promise<void> {
    const part = this.#open.get(number);
    if (!part) return;
    const length = Math.min(PART_SIZE, this.#size - number * PART_SIZE);
    const upload = await this.#begin();
    this.#uploaded.push(await upload.uploadPart(number + 1, part.subarray(0, length)));
    this.#open.delete(number);
  }

  async #begin(): Promise<R2MultipartUpload> {
    this.#upload ??= await this.#bucket.createMultipartUpload(this.#key, { httpMetadata: this.#httpMetadata });
    return this.#upload;
  }
}
