/** Reads a body up to the limit, discards the bytes and cancels the rest. Never throws. */
export async function drain(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) return;
    }
  } catch {
    // The request was refused already, so an error in its body does not matter.
  }
}

/** Max bytes to read from a refused upload of a client that may upload: more than most clips have. */
export const MAX_DRAINED_UPLOAD_BYTES = 128 * 1024 * 1024;
