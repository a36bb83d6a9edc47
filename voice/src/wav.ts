/** Writes samples as a WAV file: mono, 16-bit PCM. */
export function writeWav(samples: Int16Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const bytes = samples.length * 2;
  const wav = new Uint8Array(44 + bytes);
  const view = new DataView(wav.buffer);
  const text = new TextEncoder();
  wav.set(text.encode("RIFF"), 0);
  view.setUint32(4, 36 + bytes, true);
  wav.set(text.encode("WAVEfmt "), 8);
  view.setUint32(16, 16, true);
  // PCM, one channel.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  wav.set(text.encode("data"), 36);
  view.setUint32(40, bytes, true);
  for (const [index, sample] of samples.entries()) view.setInt16(44 + 2 * index, sample, true);
  return wav;
}
