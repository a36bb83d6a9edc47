/** Reads WAV files with 16-bit samples as they arrive, so that an hour of sound needs no more memory than a second. */

/** The first chunks of a WAV file are at most this long. Files with long texts in front of the samples are not read. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** The sound of a WAV file. */
export interface SampleStream {
  /** Hertz. */
  sampleRate: number;
  channels: number;
  /** Samples of all channels, interleaved. */
  samples: AsyncIterable<Int16Array>;
}

/** Opens a WAV file. Returns null if it is anything but 16-bit PCM. */
export async function wavSamples(file: ReadableStream<Uint8Array>): Promise<SampleStream | null> {
  const reader = file.getReader();
  let head = new Uint8Array();
  for (;;) {
    const header = readHeader(head);
    if (header === "no WAV" || head.byteLength > MAX_HEADER_BYTES) break;
    if (header !== "incomplete") {
      const { start, bytes, ...format } = header;
      return { ...format, samples: samplesFrom(reader, head.subarray(start), bytes) };
    }
    const { done, value } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.byteLength + value.byteLength);
    longer.set(head);
    longer.set(value, head.byteLength);
    head = longer;
  }
  await reader.cancel();
  return null;
}

interface Header {
  sampleRate: number;
  channels: number;
  /** Where the samples begin. */
  start: number;
  /** Length of the samples; a streaming encoder does not know it and writes a very large number. */
  bytes: number;
}

function readHeader(head: Uint8Array): Header | "incomplete" | "no WAV" {
  if (head.byteLength < 12) return "incomplete";
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const tag = (offset: number) => String.fromCharCode(...head.subarray(offset, offset + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE") return "no WAV";
  let format: { sampleRate: number; channels: number } | null = null;
  for (let offset = 12; offset + 8 <= head.byteLength; ) {
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (tag(offset) === "data") return format ? { ...format, start, bytes: size } : "no WAV";
    if (tag(offset) === "fmt ") {
      if (start + 16 > head.byteLength) return "incomplete";
      if (view.getUint16(start, true) !== 1 || view.getUint16(start + 14, true) !== 16) return "no WAV";
      format = { channels: view.getUint16(start + 2, true), sampleRate: view.getUint32(start + 4, true) };
      if (format.channels < 1 || format.sampleRate < 1) return "no WAV";
    }
    offset = start + size + (size % 2);
  }
  return "incomplete";
}

async function* samplesFrom(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array,
  length: number,
): AsyncGenerator<Int16Array> {
  let left = length;
  let odd: number | null = null;
  for (let piece: Uint8Array | undefined = first; piece && left > 0; ) {
    const own = piece.subarray(0, left);
    left -= own.byteLength;
    const bytes: Uint8Array = odd === null ? own : Uint8Array.of(odd, ...own.subarray(0, 1));
    if (odd !== null && own.byteLength > 0) {
      yield littleEndian(bytes);
      odd = null;
      const rest = own.subarray(1);
      if (rest.byteLength % 2 === 1) odd = rest.at(-1) ?? null;
      yield littleEndian(rest);
    } else if (odd === null) {
      if (own.byteLength % 2 === 1) odd = own.at(-1) ?? null;
      yield littleEndian(own);
    }
    piece = (await reader.read()).value;
  }
  await reader.cancel();
}

/** The whole samples in bytes. */
function littleEndian(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.byteLength >> 1 }, (_, index) => view.getInt16(2 * index, true));
}
