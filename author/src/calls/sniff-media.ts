/** A container or codec that the service can read, by the first bytes of a file. The claimed type is not trusted. */
const SIGNATURES: { mediaType: string; test: (bytes: Uint8Array) => boolean }[] = [
  { mediaType: "audio/wav", test: (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WAVE" },
  { mediaType: "audio/mpeg", test: (bytes) => ascii(bytes, 0, 3) === "ID3" || isMpegAudioFrame(bytes) },
  { mediaType: "audio/ogg", test: (bytes) => ascii(bytes, 0, 4) === "OggS" },
  { mediaType: "audio/flac", test: (bytes) => ascii(bytes, 0, 4) === "fLaC" },
  { mediaType: "audio/mp4", test: (bytes) => ascii(bytes, 4, 8) === "ftyp" },
  { mediaType: "audio/aac", test: (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0 },
  { mediaType: "image/png", test: (bytes) => ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n" },
  { mediaType: "image/jpeg", test: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff },
  { mediaType: "image/webp", test: (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP" },
];

/** The media type of a file by its first bytes; null if it is no audio or picture that the service can read. */
export function sniffMedia(bytes: Uint8Array): string | null {
  return SIGNATURES.find(({ test }) => test(bytes))?.mediaType ?? null;
}

/** Whether a WAV file ends before the length that its header gives. Streamed files give none. */
export function isCutOffWave(bytes: Uint8Array): boolean {
  if (sniffMedia(bytes) !== "audio/wav") return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(4, true);
  return size !== 0 && size < 0x7fff_0000 && size + 8 > bytes.byteLength;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** An MPEG audio frame of layer 3 (ISO 11172-3): sync bits, then a valid bit rate and sample rate. */
function isMpegAudioFrame(bytes: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first !== 0xff || (second & 0xe6) !== 0xe2) return false;
  return third >> 4 !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
}
