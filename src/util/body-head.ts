/** A body whose first bytes were read ahead. */
export interface BodyWithHead {
  /** The first bytes: as many as were asked for, or all if the body is shorter. */
  head: Uint8Array;
  /** The whole body, from its start. Read it once. */
  body: AsyncIterable<Uint8Array>;
  /** Gives the body back without reading it further, so that its owner can read the rest. Not after `body` is used. */
  release(): Promise<void>;
}

/** Reads the first bytes of a body. Errors of the body are passed on. */
export async function readHead(source: AsyncIterable<Uint8Array>, size: number): Promise<BodyWithHead> {
  // A stream is unlocked by `return`. A generator would end, so it is left as it is.
  const isStream = source instanceof ReadableStream;
  const chunks: AsyncIterator<Uint8Array> = isStream
    ? (source as ReadableStream<Uint8Array>).values({ preventCancel: true })
    : source[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const next = await chunks.next();
    if (next.done) break;
    // The next read may reuse the memory of the chunk.
    read.push(next.value.slice());
    length += next.value.byteLength;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of read) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return {
    head: whole.subarray(0, size),
    body: following(whole, chunks),
    release: async () => {
      if (isStream) await chunks.return?.();
    },
  };
}

/** An iterator, not a generator, which would add its own promises to each chunk. */
function following(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let started = false;
  const chunks: AsyncIterator<Uint8Array> = {
    next() {
      if (started || head.byteLength === 0) return rest.next();
      started = true;
      return Promise.resolve({ done: false, value: head });
    },
    async return() {
      await rest.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => chunks };
}
