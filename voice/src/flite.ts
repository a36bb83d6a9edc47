import { OutputFile, type WasiProgram } from "./wasi-program.ts";

/** A phone of the speech, in the notation of the CMU dictionary. A pause is the phone `pau`. */
export interface Phone {
  name: string;
  /** Seconds from the start of the utterance. */
  end: number;
}

/** A part of the speech that flite made at once, usually a sentence. */
export interface Utterance {
  phones: Phone[];
  /** Number of samples. */
  samples: number;
}

export interface FliteSpeech {
  /** Samples of all utterances; empty with `phonesOnly`. */
  samples: Int16Array;
  sampleRate: number;
  utterances: Utterance[];
}

export interface FliteOptions {
  voice: string;
  /** Speed as a factor of the voice's normal speed. */
  rate: number;
  /** Makes no samples. */
  phonesOnly?: boolean;
}

/**
 * Speaks a text with flite. Blocks the isolate. The same input always makes the same samples.
 *
 * @param flite the program `flite.wasm`.
 * @param text ASCII. An empty line ends an utterance. flite reads it from its standard input, so no text is an option.
 * @throws Error or WebAssembly.RuntimeError if flite fails.
 */
export function runFlite(flite: WasiProgram, text: string, options: FliteOptions): FliteSpeech {
  const output = new OutputFile();
  const { exitCode, printed, warnings } = flite.run({
    args: [
      "flite",
      ...["-voice", options.voice, "--setf", `duration_stretch=${1 / options.rate}`],
      ...["-psdur", "-f", "-", "-o", options.phonesOnly ? "none" : "speech.wav"],
    ],
    input: new TextEncoder().encode(text),
    output,
  });
  if (exitCode !== 0) throw new Error(`flite ended with exit code ${exitCode}: ${warnings.slice(-200)}`);
  const wav = output.bytes();
  // flite writes the header first, and then appends one utterance each time that it opens the file.
  const sizes = output.sizes.map((size) => Math.max(0, size - WAV_HEADER_BYTES) / 2);
  const utterances = printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => ({ phones: parsePhones(line), samples: (sizes[index + 1] ?? 0) - (sizes[index] ?? 0) }));
  return {
    samples: new Int16Array(wav.slice(WAV_HEADER_BYTES).buffer),
    sampleRate: wav.length > WAV_HEADER_BYTES ? new DataView(wav.buffer, wav.byteOffset).getUint32(24, true) : 0,
    utterances,
  };
}

const WAV_HEADER_BYTES = 44;

/** Parses a line of `-psdur`, such as `pau:0.205 hh:0.260 ax:0.300 `. */
function parsePhones(line: string): Phone[] {
  return line
    .trim()
    .split(" ")
    .map((phone) => {
      const [name = "", end] = phone.split(":");
      return { name, end: Number(end) };
    });
}
