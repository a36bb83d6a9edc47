/**
 * Reads and writes WAV files with 16-bit PCM samples (RIFF, as "Multimedia Programming Interface and Data
 * Specifications 1.0" describes it).
 */

/** The sound of a WAV file. */
export interface PcmSound {
  /** Hertz. */
  sampleRate: number;
  channels: number;
  /** Interleaved if there are several channels. */
  samples: Int16Array;
}

const HEADER_BYTES = 44;
const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE. The real format is the first field of its sub-format. */
const EXTENSIBLE = 0xfffe;

/**
 * Reads a WAV file with 16-bit samples. A data chunk whose size is missing or too large, as streaming encoders write it,
 * ends with the file.
 *
 * @returns null if the bytes are anything else.
 */
export function readWav(bytes: Uint8Array): PcmSound | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (offset: number) => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (bytes.byteLength < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") return null;
  let format: { sampleRate: number; channels: number } | null = null;
  for (let offset = 12; offset + 8 <= bytes.byteLength; ) {
    const name = tag(offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (name === "fmt " && size >= 16 && start + size <= bytes.byteLength) {
      const given = view.getUint16(start, true);
      const coding = given === EXTENSIBLE && size >= 26 ? view.getUint16(start + 24, true) : given;
      if (coding !== PCM || view.getUint16(start + 14, true) !== 16) return null;
      format = { channels: view.getUint16(start + 2, true), sampleRate: view.getUint32(start + 4, true) };
    }
    if (name === "data") {
      if (!format || format.channels < 1 || format.sampleRate < 1) return null;
      const end = Math.min(bytes.byteLength, start + size);
      const frames = Math.floor((end - start) / (2 * format.channels));
      const samples = new Int16Array(frames * format.channels);
      for (let index = 0; index < samples.length; index++) samples[index] = view.getInt16(start + 2 * index, true);
      return { ...format, samples };
    }
    offset = start + size + (size % 2);
  }
  return null;
}

/** The mean of the channels. */
export function toMono({ channels, samples, sampleRate }: PcmSound): PcmSound {
  if (channels === 1) return { channels, samples, sampleRate };
  const mono = Int16Array.from({ length: samples.length / channels }, (_, frame) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += samples[frame * channels + channel] ?? 0;
    return Math.round(sum / channels);
  });
  return { channels: 1, samples: mono, sampleRate };
}

/** The header of a mono WAV file with this many samples. The samples follow it, little-endian. */
export function wavHeader(sampleRate: number, samples: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (offset: number, value: string) => header.set(new TextEncoder().encode(value), offset);
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + 2 * samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples, true);
  return header;
}

/** A mono WAV file. */
export function writeWav(sampleRate: number, samples: Int16Array): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + 2 * samples.length);
  file.set(wavHeader(sampleRate, samples.length));
  const view = new DataView(file.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(HEADER_BYTES + 2 * index, sample, true);
  return file;
}
