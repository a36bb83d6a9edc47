import type { SoundtrackJob } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";
import { loudnessGain, readLoudness } from "./loudness.ts";

/** Options of every run over a soundtrack's graph. */
const QUIET = ["-hide_banner", "-nostdin", "-y", "-nostats", "-abort_on", "empty_output_stream"] as const;

/** A sound that changes its rate or channels midway is an error: the graph would begin anew, and all be misplaced. */
const ONE_FORMAT = ["-reinit_filter", "0"] as const;
/** Length of the fades that keep a cut from clicking, in seconds. */
const CLICK_FADE = 0.01;
/** Seconds read past the end of what is needed. */
const READ_AHEAD = 0.5;
/** Longest fade of the music at the video's end, in seconds, and its greatest share of the video. */
const END_FADE = { seconds: 3, share: 0.25 };
/** Longest overlap of two rounds of the music, in seconds, and its greatest share of a round. */
const LOOP_FADE = { seconds: 1.5, share: 0.25 };
/** Music shorter than this, in seconds, is looped in memory (at most 8 MB); longer music is read again. */
const LOOP_IN_MEMORY = 20;
/** Rate at which the limiter sees the peaks between samples (ITU-R BS.1770 asks for four times 48 kHz). */
const OVERSAMPLED = 192_000;
/** Linear, −2 dBTP: AAC adds up to a decibel to what the limiter lets through. */
const PEAK_LIMIT = 0.794;

/**
 * Arguments of a run that measures the mix, `gain` decibels louder and limited, and writes nothing:
 * `ebur128` prints its summary last. With `gain` null the mix is measured as it is.
 */
export function measureArguments(job: SoundtrackJob, gain: number | null): string[] {
  const { inputs, graph } = mix(job);
  // True peaks cost as much as all the rest, and behind the limiter they are known.
  const measured =
    gain === null ? "ebur128=framelog=verbose:peak=true" : `${levelled(gain, job)},ebur128=framelog=verbose:peak=none`;
  graph.push(`[mix]${measured}[measured]`);
  return [
    ...QUIET,
    ...["-loglevel", "info"],
    ...inputs,
    ...["-filter_complex", graph.join(";"), "-map", "[measured]", "-f", "null", "-"],
  ];
}

/**
 * Arguments of the run that writes the soundtrack, the mix being `gain` decibels louder.
 *
 * @param limited whether its peaks need the limiter, which costs a third as much as encoding.
 */
export function encodeArguments(job: SoundtrackJob, gain: number, limited: boolean): string[] {
  const { inputs, graph } = mix(job);
  graph.push(`[mix]${limited ? levelled(gain, job) : louder(gain)}[sound]`);
  return [
    ...QUIET,
    ...["-loglevel", "warning"],
    ...inputs,
    ...["-filter_complex", graph.join(";"), "-map", "[sound]"],
    ...["-c:a", "aac", "-b:a", "192k", "-ar", String(job.sampleRate)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"],
    ...["-movflags", "+faststart", "-f", "mp4", JOB_FILES.output],
  ];
}

/** The limiter takes loudness away with the peaks: how often what is missing is measured and added. */
const CORRECTIONS = 3;
/** A mix this near to the target, in LU, is left as it is. */
const NEAR_ENOUGH = 0.4;

/**
 * The runs of ffmpeg that make a soundtrack of −14 LUFS: the mix is measured as it is, then behind
 * the limiter until it is loud enough; the last run, which is returned, writes the file. Each yielded
 * run wants its log back.
 *
 * @throws MeasurementError
 */
export function* soundtrackRuns(job: SoundtrackJob): Generator<string[], string[], string> {
  const asItIs = readLoudness(yield measureArguments(job, null));
  let gain = loudnessGain(asItIs);
  if (asItIs.peak + gain <= 20 * Math.log10(PEAK_LIMIT)) return encodeArguments(job, gain, false);
  for (let correction = 0; correction < CORRECTIONS; correction++) {
    const missing = loudnessGain(readLoudness(yield measureArguments(job, gain)));
    gain += missing;
    if (Math.abs(missing) <= NEAR_ENOUGH) break;
  }
  return encodeArguments(job, gain, true);
}

/** The inputs and the graph that mixes them into `[mix]`: stereo, exactly as long as the video. */
function mix(job: SoundtrackJob): { inputs: string[]; graph: string[] } {
  const inputs: string[] = [];
  const graph: string[] = [];
  let opened = 0;
  const open = (input: number, ...window: string[]): number => {
    inputs.push(...INPUT_GUARD, ...ONE_FORMAT, ...window, "-i", JOB_FILES.input(input));
    return opened++;
  };
  const whole = `apad,atrim=end_sample=${job.samples}`;
  const parts: string[] = [];

  if (job.narration) {
    const { input, volume } = job.narration;
    graph.push(`[${open(input)}:a:0]${decoded(job)},volume=${volume},${whole}[narration]`);
    if (job.music) graph.push("[narration]asplit[voice][key]");
    parts.push(job.music ? "[voice]" : "[narration]");
  }
  if (job.music) {
    graph.push(...music(job, job.music, open));
    const end = Math.min(END_FADE.seconds, END_FADE.share * (job.samples / job.sampleRate));
    const fade = `afade=t=out:st=${time(job.samples / job.sampleRate - end)}:d=${time(end)}:curve=qsin`;
    graph.push(`[rounds]${whole},volume=${job.music.volume},${fade}[bed]`);
    if (job.narration) {
      // Speech at its usual −20 dBFS takes about 9 dB off the music, and lets it back within a second.
      graph.push("[bed][key]sidechaincompress=threshold=0.03:ratio=8:attack=15:release=600:detection=rms[ducked]");
    }
    parts.push(job.narration ? "[ducked]" : "[bed]");
  }
  if (job.clips) {
    graph.push(...clips(job, job.clips, open));
    parts.push("[clips]");
  }
  if (parts.length === 0) graph.push(`anullsrc=r=${job.sampleRate}:cl=stereo,${whole}[mix]`);
  else if (parts.length === 1) graph.push(`${parts[0]}anull[mix]`);
  else graph.push(`${parts.join("")}amix=inputs=${parts.length}:normalize=0:duration=longest,${whole}[mix]`);
  return { inputs, graph };
}

/** From whatever a source holds to the soundtrack's samples, with gaps in its timestamps filled by silence. */
function decoded({ sampleRate }: SoundtrackJob): string {
  return `aresample=${sampleRate}:async=1000:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo`;
}

/** Rounds of the music into `[rounds]`, each faded into the next, for at least the video's length. */
function music(
  job: SoundtrackJob,
  { input, duration }: NonNullable<SoundtrackJob["music"]>,
  open: (input: number, ...window: string[]) => number,
): string[] {
  const wanted = job.samples / job.sampleRate;
  const start = `afade=t=in:d=${CLICK_FADE}`;
  if (duration >= wanted)
    return [`[${open(input, "-t", time(wanted + READ_AHEAD))}:a:0]${decoded(job)},${start}[rounds]`];
  const overlap = Math.min(LOOP_FADE.seconds, duration * LOOP_FADE.share);
  const crossfade = `acrossfade=d=${time(overlap)}:c1=qsin:c2=qsin`;
  if (duration < LOOP_IN_MEMORY) {
    // What repeats starts behind the beginning, into which its end is faded; the beginning goes before it.
    // aloop's own `start` loses samples (ffmpeg 5.1), and one decoder for both uses of it would wait for itself.
    const first = Math.round(overlap * job.sampleRate);
    const beginning = () => {
      const source = open(input, "-t", time(overlap + READ_AHEAD));
      return `[${source}:a:0]${decoded(job)},apad,atrim=end_sample=${first}`;
    };
    return [
      `[${open(input)}:a:0]${decoded(job)},atrim=start_sample=${first},asetpts=N/SR/TB[body]`,
      `${beginning()}[tail]`,
      `${beginning()},${start}[intro]`,
      `[body][tail]${crossfade},aloop=loop=-1:size=${LOOP_IN_MEMORY * job.sampleRate}[loop]`,
      "[intro][loop]concat=n=2:v=0:a=1[rounds]",
    ];
  }
  const rounds = Math.ceil((wanted - overlap) / (duration - overlap));
  const graph = Array.from(
    { length: rounds },
    (_, index) => `[${open(input)}:a:0]${decoded(job)}${index === 0 ? `,${start}` : ""}[round${index}]`,
  );
  let joined = "[round0]";
  for (let index = 1; index < rounds; index++) {
    const next = index === rounds - 1 ? "[rounds]" : `[joined${index}]`;
    graph.push(`${joined}[round${index}]${crossfade}${next}`);
    joined = next;
  }
  return graph;
}

/** The clips' own sound into `[clips]`: each piece at its place, faded at both ends, silence where it has none. */
function clips(
  job: SoundtrackJob,
  { volume, pieces }: NonNullable<SoundtrackJob["clips"]>,
  open: (input: number, ...window: string[]) => number,
): string[] {
  const graph = pieces.map(({ input, start, samples }, index) => {
    const exact = `apad,atrim=end_sample=${samples},asetpts=N/SR/TB`;
    if (input === null) return `anullsrc=r=${job.sampleRate}:cl=stereo,aformat=sample_fmts=fltp,${exact}[clip${index}]`;
    const seconds = samples / job.sampleRate;
    const fade = Math.min(CLICK_FADE, seconds / 4);
    const fades = `afade=t=in:d=${time(fade)},afade=t=out:st=${time(seconds - fade)}:d=${time(fade)}`;
    const source = open(input, ...(start > 0 ? ["-ss", time(start)] : []), "-t", time(seconds + READ_AHEAD));
    return `[${source}:a:0]${decoded(job)},${exact},${fades}[clip${index}]`;
  });
  const all = pieces.map((_, index) => `[clip${index}]`).join("");
  const whole = `apad,atrim=end_sample=${job.samples}`;
  graph.push(`${all}concat=n=${pieces.length}:v=0:a=1,volume=${volume},${whole}[clips]`);
  return graph;
}

function louder(gain: number): string {
  return `volume=${gain.toFixed(3)}dB`;
}

/** Makes the mix louder by `gain` decibels and keeps its peaks, also those between samples, below the limit. */
function levelled(gain: number, job: SoundtrackJob): string {
  return [
    louder(gain),
    `aresample=${OVERSAMPLED}`,
    // Its look-ahead delays the sound by the attack, unless it is told to make up for it.
    `alimiter=limit=${PEAK_LIMIT}:attack=5:release=60:level=false:latency=true`,
    `aresample=${job.sampleRate}`,
    `apad,atrim=end_sample=${job.samples}`,
  ].join(",");
}

/** Seconds with the microsecond resolution that ffmpeg keeps. */
function time(value: number): string {
  return value.toFixed(6);
}
