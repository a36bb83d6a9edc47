import type { SoundtrackJob } from "../protocol/render-job.ts";
import { INPUT_GUARD, KEEP_FILE_START } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";
import { loudnessGain, readLoudness } from "./loudness.ts";
import { soundSeekPoint } from "./times/seek-point.ts";

/** Options of every ffmpeg run for a soundtrack. */
const GLOBAL_OPTIONS = ["-hide_banner", "-nostdin", "-y", "-nostats", "-abort_on", "empty_output_stream"] as const;

/**
 * Input options that make a change of sample rate or channels within a file an error. ffmpeg would otherwise restart
 * the filter graph, and the rest of the sound would be at the wrong times.
 */
const FAIL_ON_FORMAT_CHANGE = ["-reinit_filter", "0"] as const;
/** How much too early `atempo` plays a source, in milliseconds of the source. */
const TEMPO_LEAD_MS = 9;
/** Duration of the fades that prevent clicks at cuts. */
const CLICK_FADE_SECONDS = 0.01;
/** Seconds read after the end of the needed part of a source. */
const READ_AHEAD_SECONDS = 0.5;
/** Max duration of the music's fade at the end of the video: in seconds, and as a share of the video. */
const MAX_END_FADE = { seconds: 3, share: 0.25 };
/** Max overlap between two rounds of looped music: in seconds, and as a share of a round. */
const MAX_LOOP_OVERLAP = { seconds: 1.5, share: 0.25 };
/** Music shorter than this is looped in memory (at most 8 MB). Longer music is decoded again for each round. */
const MAX_IN_MEMORY_LOOP_SECONDS = 20;
/** Sample rate of the limiter, to catch peaks between samples. ITU-R BS.1770 asks for 4 × 48 kHz. */
const LIMITER_SAMPLE_RATE = 192_000;
/** Max amplitude: −2 dBTP. AAC encoding can add up to one decibel. */
const PEAK_LIMIT = 0.794;

/**
 * The arguments of a run that measures the loudness of the mix and writes no file. `ebur128` prints its summary last.
 *
 * @param gain decibels that are added before the limiter. Null measures the mix without gain and limiter, and its true
 *   peak.
 */
export function measureArguments(job: SoundtrackJob, gain: number | null): string[] {
  const { inputs, graph } = mix(job);
  // Measuring true peaks takes as long as everything else. After the limiter they are known, so skip it.
  const measured =
    gain === null
      ? "ebur128=framelog=verbose:peak=true"
      : `${amplifiedAndLimited(gain, job)},ebur128=framelog=verbose:peak=none`;
  graph.push(`[mix]${measured}[measured]`);
  return [
    ...GLOBAL_OPTIONS,
    ...["-loglevel", "info"],
    ...inputs,
    ...["-filter_complex", graph.join(";"), "-map", "[measured]", "-f", "null", "-"],
  ];
}

/**
 * The arguments of the run that writes the soundtrack.
 *
 * @param gain decibels that are added to the mix.
 * @param limited true to limit the peaks. The limiter takes a third of the time of encoding.
 */
export function encodeArguments(job: SoundtrackJob, gain: number, limited: boolean): string[] {
  const { inputs, graph } = mix(job);
  graph.push(`[mix]${limited ? amplifiedAndLimited(gain, job) : amplified(gain)}[sound]`);
  return [
    ...GLOBAL_OPTIONS,
    ...["-loglevel", "warning"],
    ...inputs,
    ...["-filter_complex", graph.join(";"), "-map", "[sound]"],
    ...["-c:a", "aac", "-b:a", "192k", "-ar", String(job.sampleRate)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"],
    ...["-movflags", "+faststart", "-f", "mp4", JOB_FILES.output],
  ];
}

/** Seconds of an irregular sound that are decoded beyond what is needed. */
const DECODED_AHEAD_SECONDS = 1;

/**
 * The arguments of a run that writes an irregular sound to {@link JOB_FILES.decoded}: without pauses between its parts, and
 * with one sample rate.
 *
 * @param needed seconds.
 */
function decodeArguments(job: SoundtrackJob, input: number, needed: number): string[] {
  // A limit in seconds (`-t`) would end the sound where its sample rate or channels change.
  const bytes = Math.ceil((needed + DECODED_AHEAD_SECONDS) * job.sampleRate) * 2 * 2;
  return [
    ...["-hide_banner", "-nostdin", "-y", "-nostats", "-loglevel", "error", ...INPUT_GUARD],
    ...["-i", JOB_FILES.input(input), "-map", "0:a:0", "-fs", String(bytes)],
    ...["-ar", String(job.sampleRate), "-ac", "2", "-c:a", "pcm_s16le", "-f", "wav", JOB_FILES.decoded(input)],
  ];
}

/** Max measurements after the limiter. The limiter reduces loudness, so each one adds the missing gain. */
const MAX_GAIN_CORRECTIONS = 3;
/** Max distance from the target loudness, in LU. */
const LOUDNESS_TOLERANCE = 0.4;

/**
 * The ffmpeg runs that make a soundtrack of −14 LUFS. The first run measures the mix. If its peaks need the limiter,
 * more runs measure the limited mix and correct the gain. Before, irregular sounds are written anew. These runs are
 * yielded: pass their log to `next`. The last run, which writes the file, is returned.
 *
 * @throws MeasurementError from `next`, if the log has no measurement.
 */
export function* soundtrackRuns(job: SoundtrackJob): Generator<string[], string[], string> {
  const wanted = job.samples / job.sampleRate;
  if (job.narration?.irregular) yield decodeArguments(job, job.narration.input, wanted);
  if (job.music?.irregular) yield decodeArguments(job, job.music.input, Math.min(wanted, job.music.duration));
  const asItIs = readLoudness(yield measureArguments(job, null));
  let gain = loudnessGain(asItIs);
  if (asItIs.peak + gain <= 20 * Math.log10(PEAK_LIMIT)) return encodeArguments(job, gain, false);
  for (let correction = 0; correction < MAX_GAIN_CORRECTIONS; correction++) {
    const missing = loudnessGain(readLoudness(yield measureArguments(job, gain)));
    gain += missing;
    if (Math.abs(missing) <= LOUDNESS_TOLERANCE) break;
  }
  return encodeArguments(job, gain, true);
}

/** The input options, and the filter graph that mixes them into `[mix]`: stereo, exactly as long as the video. */
function mix(job: SoundtrackJob): { inputs: string[]; graph: string[] } {
  const inputs: string[] = [];
  const graph: string[] = [];
  let opened = 0;
  const irregular = [job.narration, job.music].flatMap((sound) => (sound?.irregular ? [sound.input] : []));
  const open = (input: number, ...window: string[]): number => {
    const file = irregular.includes(input) ? JOB_FILES.decoded(input) : JOB_FILES.input(input);
    inputs.push(...INPUT_GUARD, ...KEEP_FILE_START, ...FAIL_ON_FORMAT_CHANGE, ...window, "-i", file);
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
    const end = Math.min(MAX_END_FADE.seconds, MAX_END_FADE.share * (job.samples / job.sampleRate));
    const fade = `afade=t=out:st=${time(job.samples / job.sampleRate - end)}:d=${time(end)}:curve=qsin`;
    graph.push(`[rounds]${whole},volume=${job.music.volume},${fade}[bed]`);
    if (job.narration) {
      // Speech at the usual −20 dBFS lowers the music by about 9 dB. The music recovers within a second.
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

/** Converts a source to the soundtrack's sample format. Gaps in its timestamps become silence. */
function decoded({ sampleRate }: SoundtrackJob): string {
  return `aresample=${sampleRate}:async=1000:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo`;
}

/** Loops the music into `[rounds]`, at least as long as the video. Each round is cross-faded into the next. */
function music(
  job: SoundtrackJob,
  { input, duration }: NonNullable<SoundtrackJob["music"]>,
  open: (input: number, ...window: string[]) => number,
): string[] {
  const wanted = job.samples / job.sampleRate;
  const start = `afade=t=in:d=${CLICK_FADE_SECONDS}`;
  if (duration >= wanted)
    return [`[${open(input, "-t", time(wanted + READ_AHEAD_SECONDS))}:a:0]${decoded(job)},${start}[rounds]`];
  const overlap = Math.min(MAX_LOOP_OVERLAP.seconds, duration * MAX_LOOP_OVERLAP.share);
  const crossfade = `acrossfade=d=${time(overlap)}:c1=qsin:c2=qsin`;
  if (duration < MAX_IN_MEMORY_LOOP_SECONDS) {
    // The loop is the music without its beginning, cross-faded at its end into the beginning. The beginning is also
    // played once before the loop. aloop's option `start` is not used because it loses samples (ffmpeg 5.1). The
    // beginning is opened twice because a single decoder for both uses would deadlock.
    const first = Math.round(overlap * job.sampleRate);
    const beginning = () => {
      const source = open(input, "-t", time(overlap + READ_AHEAD_SECONDS));
      return `[${source}:a:0]${decoded(job)},apad,atrim=end_sample=${first}`;
    };
    return [
      `[${open(input)}:a:0]${decoded(job)},atrim=start_sample=${first},asetpts=N/SR/TB[body]`,
      `${beginning()}[tail]`,
      `${beginning()},${start}[intro]`,
      `[body][tail]${crossfade},aloop=loop=-1:size=${MAX_IN_MEMORY_LOOP_SECONDS * job.sampleRate}[loop]`,
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

/**
 * Joins the clips' own sound into `[clips]`. Each piece is faded at both ends. A piece without sound becomes silence.
 */
function clips(
  job: SoundtrackJob,
  { volume, pieces }: NonNullable<SoundtrackJob["clips"]>,
  open: (input: number, ...window: string[]) => number,
): string[] {
  const graph = pieces.map(({ input, start, samples, speed = 1 }, index) => {
    const seek = soundSeekPoint(start);
    const first = Math.round((start - seek) * job.sampleRate);
    const needed = Math.round(samples * speed);
    const exact = [
      ...(speed === 1 ? [] : [`adelay=${TEMPO_LEAD_MS}:all=1`]),
      `apad,atrim=start_sample=${first}:end_sample=${first + needed},asetpts=N/SR/TB`,
      ...(speed === 1 ? [] : [`atempo=${speed},apad,atrim=end_sample=${samples}`]),
    ].join(",");
    if (input === null) return `anullsrc=r=${job.sampleRate}:cl=stereo,aformat=sample_fmts=fltp,${exact}[clip${index}]`;
    const seconds = samples / job.sampleRate;
    const fade = Math.min(CLICK_FADE_SECONDS, seconds / 4);
    const fades = `afade=t=in:d=${time(fade)},afade=t=out:st=${time(seconds - fade)}:d=${time(fade)}`;
    const length = start - seek + seconds * speed + READ_AHEAD_SECONDS;
    const source = open(input, ...(seek > 0 ? ["-ss", time(seek)] : []), "-t", time(length));
    return `[${source}:a:0]${decoded(job)},${exact},${fades}[clip${index}]`;
  });
  const all = pieces.map((_, index) => `[clip${index}]`).join("");
  const whole = `apad,atrim=end_sample=${job.samples}`;
  graph.push(`${all}concat=n=${pieces.length}:v=0:a=1,volume=${volume},${whole}[clips]`);
  return graph;
}

function amplified(gain: number): string {
  return `volume=${gain.toFixed(3)}dB`;
}

/** Amplifies the mix by `gain` decibels and limits its true peaks to {@link PEAK_LIMIT}. */
function amplifiedAndLimited(gain: number, job: SoundtrackJob): string {
  return [
    amplified(gain),
    `aresample=${LIMITER_SAMPLE_RATE}`,
    // The limiter's look-ahead delays the sound by the attack time; `latency` compensates for it.
    `alimiter=limit=${PEAK_LIMIT}:attack=5:release=60:level=false:latency=true`,
    `aresample=${job.sampleRate}`,
    `apad,atrim=end_sample=${job.samples}`,
  ].join(",");
}

/** Seconds with six decimals: ffmpeg keeps microseconds. */
function time(value: number): string {
  return value.toFixed(6);
}
