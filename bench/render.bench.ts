import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CLIPS,
  type Cost,
  CRF,
  clip,
  FRAME_RATE,
  MUSIC,
  makeInputs,
  measure,
  PRESET,
  ratio,
  report,
  run,
  SECONDS,
  throughService,
} from "./render-work.ts";

/**
 * What the service costs beside ffmpeg alone: a 30 s video of 1080×1920 of six clips with narration and
 * subtitles, through the whole service with native ffmpeg, against one hand-written ffmpeg command for
 * the same two files, and against the classic way, which encodes three times over: at about the quality of
 * ours, which takes better intermediate files; with the encoder's own settings, as the tools do that work so;
 * and with our settings. Each result's PSNR is against the same work unencoded.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-render-"));
  try {
    await makeInputs(folder);
    const service = await throughService(folder, 1);
    const single = singleCommand(folder, []);
    const fullService = await throughService(folder, 1, undefined, {
      video_transition_mode: "FadeIn",
      bgm_type: "custom",
      bgm_file: MUSIC,
    });
    const fullSingle = singleCommand(folder, ["fade=t=in:st=0:d=1"], MUSIC);
    const sameSettings = threeEncodes(folder, ourVideo(CRF), ourVideo(CRF));
    const sameQuality = psnr(folder, "burned.mp4", scaledThenCut);
    const sameAsOurs = threeEncodes(folder, ourVideo(CRF - 9), ourVideo(CRF - 2));
    const sameAsOursQuality = psnr(folder, "burned.mp4", scaledThenCut);
    const classic = threeEncodes(folder, ["-c:v", "libx264"], ["-c:v", "libx264"]);
    const classicQuality = psnr(folder, "burned.mp4", scaledThenCut);
    const quality = psnr(folder, service.final, cutThenScaled);
    report(`the service (PSNR ${quality} dB)`, service);
    report("one ffmpeg command", single);
    report(`three encodes of about that quality (PSNR ${sameAsOursQuality} dB)`, sameAsOurs);
    report(`three encodes with libx264's own settings (PSNR ${classicQuality} dB)`, classic);
    report(`three encodes with the service's settings (PSNR ${sameQuality} dB)`, sameSettings);
    ratio("CPU, the service to one command", service.cpu / single.cpu, "at most 1.15", (value) => value <= 1.15);
    ratio("wall, the service to one command", service.wall / single.wall, "at most 1.25", (value) => value <= 1.25);
    report("the service, with music and transitions", fullService);
    report("one ffmpeg command, with music and transitions", fullSingle);
    ratio("CPU, likewise", fullService.cpu / fullSingle.cpu, "at most 1.15", (value) => value <= 1.15);
    ratio("wall, likewise", fullService.wall / fullSingle.wall, "at most 1.25", (value) => value <= 1.25);
    ratio("CPU, three encodes of that quality", sameAsOurs.cpu / service.cpu, "at least 2", (value) => value >= 2);
    ratio("CPU, three encodes by default", classic.cpu / service.cpu, "at least 2", (value) => value >= 2);
    ratio("CPU, three encodes at its settings", sameSettings.cpu / service.cpu, "more than 1", (value) => value > 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The usual way to fill a frame. */
const scaledThenCut =
  "scale=w='trunc(max(1080,1920*dar)/2)*2':h='trunc(max(1920,1080/dar)/2)*2':flags=bicubic,crop=1080:1920,setsar=1,format=yuv420p,fps=30";
/** The service's: the same but for the place of the picture, which need not be a whole pixel of the source. */
const cutThenScaled = "crop=w='ih*1080/1920':exact=1,scale=1080:1920:flags=bicubic,setsar=1,format=yuv420p,fps=30";
const ourVideo = (crf: number) => [
  ...["-c:v", "libx264", "-preset", PRESET, "-crf", String(crf)],
  ...["-profile:v", "high", "-x264-params", "8x8dct=1", "-bf", "0", "-g", "60"],
];
/** How the service encodes the picture without subtitles where there is one with them too. */
const ourClean = [
  ...["-c:v", "libx264", "-preset", PRESET, "-crf", String(CRF + 3), "-profile:v", "high", "-bf", "0", "-g", "60"],
  ...["-x264-params", "me=dia:subme=0:trellis=0:partitions=none:rc-lookahead=0:mbtree=0:scenecut=0:aq-mode=0"],
];
const SUBTITLES = "ass=captions.ass:fontsdir=.";

/** The clips as inputs, and the graph that fits, joins and captions them; `first` is the number of the first. */
function captionedGraph(first: number, fit: string): { inputs: string[]; graph: string } {
  const numbers = Array.from({ length: CLIPS }, (_, index) => index);
  const inputs = numbers.flatMap((index) => ["-t", String(SECONDS), "-i", clip(index)]);
  const fitted = numbers.map(
    (index) => `[${first + index}:v]${fit},trim=end_frame=${SECONDS * FRAME_RATE},setpts=PTS-STARTPTS[v${index}]`,
  );
  const joined = `${numbers.map((index) => `[v${index}]`).join("")}concat=n=${CLIPS}:v=1:a=0`;
  return { inputs, graph: [...fitted, `${joined},split[clean][plain]`, `[plain]${SUBTITLES}[captioned]`].join(";") };
}

/**
 * @param transition filters put on each clip.
 * @param music a file that plays below the narration, which it gives way to.
 */
function singleCommand(folder: string, transition: readonly string[], music?: string): Cost {
  const { inputs, graph } = captionedGraph(0, [scaledThenCut, ...transition].join(","));
  const narration = `[${CLIPS}:a]aformat=channel_layouts=stereo:sample_rates=48000`;
  const mix = music
    ? `${narration},asplit[voice][key];[${CLIPS + 1}:a]aformat=channel_layouts=stereo:sample_rates=48000,` +
      "volume=0.2[low];[low][key]sidechaincompress=threshold=0.02:ratio=8:release=500[ducked];" +
      "[voice][ducked]amix=duration=first:normalize=0,"
    : `${narration},`;
  const encoding = ["-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2"];
  return measure(() =>
    run(folder, [
      ...inputs,
      ...["-i", "narration.wav", ...(music ? ["-stream_loop", "-1", "-i", music] : [])],
      ...["-filter_complex", `${graph};${mix}loudnorm=I=-14:TP=-1.5[sound]`],
      ...[
        "-map",
        "[captioned]",
        "-map",
        "[sound]",
        ...encoding,
        ...ourVideo(CRF),
        "-movflags",
        "+faststart",
        "final.mp4",
      ],
      ...["-map", "[clean]", ...ourClean, "-movflags", "+faststart", "combined.mp4"],
    ]),
  );
}

/**
 * @param between how the files are encoded that are encoded again.
 * @param last how the result is.
 */
function threeEncodes(folder: string, between: readonly string[], last: readonly string[]): Cost {
  return measure(() => {
    for (let index = 0; index < CLIPS; index++) {
      run(folder, [
        ...["-t", String(SECONDS), "-i", clip(index)],
        ...["-vf", scaledThenCut, "-an", ...between, `fitted-${index}.mp4`],
      ]);
    }
    const inputs = Array.from({ length: CLIPS }, (_, index) => ["-i", `fitted-${index}.mp4`]).flat();
    run(folder, [...inputs, "-filter_complex", `concat=n=${CLIPS}:v=1:a=0`, ...between, "joined.mp4"]);
    const burn = ["-i", "joined.mp4", "-i", "narration.wav", "-vf", SUBTITLES, "-c:a", "aac"];
    run(folder, [...burn, ...last, "burned.mp4"]);
  });
}

/** Peak signal-to-noise ratio of a file against the picture before any encoding, in dB. */
function psnr(folder: string, file: string, fit: string): string {
  const { inputs, graph } = captionedGraph(1, fit);
  const compare = `${graph};[clean]nullsink;[0:v]setpts=PTS-STARTPTS[made];[made][captioned]psnr[out]`;
  const printed = run(
    folder,
    ["-i", file, ...inputs, "-filter_complex", compare, "-map", "[out]", "-f", "null", "-"],
    "info",
  );
  return /average:([\d.]+)/.exec(printed)?.[1] ?? "unknown";
}
