/** Bytes of a chunk. The runtime's own chunks have a few kilobytes, and each costs several turns of the event loop. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a body in large chunks: each is full except the last. Bytes that arrived before an error in the middle of a chunk
 * are lost. If the reader stops early, the rest of the body can still be read.
 *
 * @param body a stream of bytes. A stream of other chunks is read as it is.
 */
export async function* largeChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = byteReader(body);
  if (!reader) {
    yield* body.values({ preventCancel: true });
    return;
  }
  try {
    for (;;) {
      // New memory each time, because parsers keep views of a chunk.
      const { value } = await reader.readAtLeast(CHUNK_BYTES, new Uint8Array(CHUNK_BYTES));
      if (!value || value.byteLength === 0) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    // Not a stream of bytes.
    if (error instanceof TypeError && !body.locked) return null;
    throw error;
  }
}
