import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CLIP_COUNT,
  CLIP_SECONDS,
  type Cost,
  clip,
  FRAME_RATE,
  MUSIC_FILE,
  makeInputs,
  measure,
  ratio,
  report,
  run,
  throughService,
  X264_CRF,
  X264_PRESET,
} from "./render-work.ts";

/**
 * Compares the cost of the service with ffmpeg alone. The work is a 30 s video of 1080×1920 from six clips with
 * narration and captions. The service uses native ffmpeg. It is compared with:
 *
 * - the service making only `final-1.mp4`;
 * - one hand-written ffmpeg command that makes the same two files;
 * - three encodes in sequence (clips, joined video, captions), as other tools do, three times: at about the service's
 *   quality, which needs better intermediate files; with the encoder's default settings; and with the service's
 * settings.
 *
 * PSNR compares each result with the same work before encoding.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-render-"));
  try {
    await makeInputs(folder);
    const service = await throughService(folder, 1);
    const single = singleCommand(folder, []);
    const finalOnly = await throughService(folder, 1, undefined, { outputs: ["final"] });
    const fullService = await throughService(folder, 1, undefined, {
      video_transition_mode: "FadeIn",
      bgm_type: "custom",
      bgm_file: MUSIC_FILE,
    });
    const fullSingle = singleCommand(folder, ["fade=t=in:st=0:d=1"], MUSIC_FILE);
    const sameSettings = threeEncodes(folder, ourVideo(X264_CRF), ourVideo(X264_CRF));
    const sameQuality = psnr(folder, "burned.mp4", scaledThenCropped);
    const sameAsOurs = threeEncodes(folder, ourVideo(X264_CRF - 9), ourVideo(X264_CRF - 2));
    const sameAsOursQuality = psnr(folder, "burned.mp4", scaledThenCropped);
    const classic = threeEncodes(folder, ["-c:v", "libx264"], ["-c:v", "libx264"]);
    const classicQuality = psnr(folder, "burned.mp4", scaledThenCropped);
    const quality = psnr(folder, service.final, croppedThenScaled);
    report(`the service (PSNR ${quality} dB)`, service);
    report("one ffmpeg command", single);
    report(`three encodes of about the same quality (PSNR ${sameAsOursQuality} dB)`, sameAsOurs);
    report(`three encodes with libx264's default settings (PSNR ${classicQuality} dB)`, classic);
    report(`three encodes with the service's settings (PSNR ${sameQuality} dB)`, sameSettings);
    ratio("CPU, the service to one command", service.cpu / single.cpu, "at most 1.15", (value) => value <= 1.15);
    ratio("wall, the service to one command", service.wall / single.wall, "at most 1.25", (value) => value <= 1.25);
    report("the service with only the final file", finalOnly);
    ratio(
      "CPU, only the final file to both files",
      finalOnly.cpu / service.cpu,
      "at most 0.75",
      (value) => value <= 0.75,
    );
    report("the service, with music and transitions", fullService);
    report("one ffmpeg command, with music and transitions", fullSingle);
    ratio(
      "CPU, with music and transitions",
      fullService.cpu / fullSingle.cpu,
      "at most 1.15",
      (value) => value <= 1.15,
    );
    ratio(
      "wall, with music and transitions",
      fullService.wall / fullSingle.wall,
      "at most 1.25",
      (value) => value <= 1.25,
    );
    ratio(
      "CPU, three encodes of the same quality to the service",
      sameAsOurs.cpu / service.cpu,
      "at least 2",
      (value) => value >= 2,
    );
    ratio(
      "CPU, three encodes by default to the service",
      classic.cpu / service.cpu,
      "at least 2",
      (value) => value >= 2,
    );
    ratio(
      "CPU, three encodes with the service's settings to the service",
      sameSettings.cpu / service.cpu,
      "more than 1",
      (value) => value > 1,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The usual way to fill a frame: scale, then crop. */
const scaledThenCropped =
  "scale=w='trunc(max(1080,1920*dar)/2)*2':h='trunc(max(1920,1080/dar)/2)*2':flags=bicubic,crop=1080:1920,setsar=1,format=yuv420p,fps=30";
/** The service's way: crop, then scale. The picture can be shifted by a fraction of a pixel. */
const croppedThenScaled = "crop=w='ih*1080/1920':exact=1,scale=1080:1920:flags=bicubic,setsar=1,format=yuv420p,fps=30";
const ourVideo = (crf: number) => [
  ...["-c:v", "libx264", "-preset", X264_PRESET, "-crf", String(crf)],
  ...["-profile:v", "high", "-x264-params", "8x8dct=1", "-bf", "0", "-g", "60"],
];
/** The service's settings for the video without captions, if there is also one with captions. */
const ourClean = [
  ...[
    "-c:v",
    "libx264",
    "-preset",
    X264_PRESET,
    "-crf",
    String(X264_CRF + 3),
    "-profile:v",
    "high",
    "-bf",
    "0",
    "-g",
    "60",
  ],
  ...["-x264-params", "me=dia:subme=0:trellis=0:partitions=none:rc-lookahead=0:mbtree=0:scenecut=0:aq-mode=0"],
];
const CAPTIONS_FILTER = "ass=captions.ass:fontsdir=.";

/**
 * The clips as inputs, and the filter graph that fits, joins and captions them. `first` is the index of the first
 * input.
 */
function captionedGraph(first: number, fit: string): { inputs: string[]; graph: string } {
  const numbers = Array.from({ length: CLIP_COUNT }, (_, index) => index);
  const inputs = numbers.flatMap((index) => ["-t", String(CLIP_SECONDS), "-i", clip(index)]);
  const fitted = numbers.map(
    (index) => `[${first + index}:v]${fit},trim=end_frame=${CLIP_SECONDS * FRAME_RATE},setpts=PTS-STARTPTS[v${index}]`,
  );
  const joined = `${numbers.map((index) => `[v${index}]`).join("")}concat=n=${CLIP_COUNT}:v=1:a=0`;
  return {
    inputs,
    graph: [...fitted, `${joined},split[clean][plain]`, `[plain]${CAPTIONS_FILTER}[captioned]`].join(";"),
  };
}

/**
 * Makes both files with one ffmpeg command.
 *
 * @param transition filters for each clip.
 * @param music background music, which becomes quieter during the narration.
 */
function singleCommand(folder: string, transition: readonly string[], music?: string): Cost {
  const { inputs, graph } = captionedGraph(0, [scaledThenCropped, ...transition].join(","));
  const narration = `[${CLIP_COUNT}:a]aformat=channel_layouts=stereo:sample_rates=48000`;
  const mix = music
    ? `${narration},asplit[voice][key];[${CLIP_COUNT + 1}:a]aformat=channel_layouts=stereo:sample_rates=48000,` +
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
        ...ourVideo(X264_CRF),
        "-movflags",
        "+faststart",
        "final.mp4",
      ],
      ...["-map", "[clean]", ...ourClean, "-movflags", "+faststart", "combined.mp4"],
    ]),
  );
}

/**
 * Makes the video with three encodes in sequence.
 *
 * @param intermediate encoder options for the intermediate files.
 * @param last encoder options for the result.
 */
function threeEncodes(folder: string, intermediate: readonly string[], last: readonly string[]): Cost {
  return measure(() => {
    for (let index = 0; index < CLIP_COUNT; index++) {
      run(folder, [
        ...["-t", String(CLIP_SECONDS), "-i", clip(index)],
        ...["-vf", scaledThenCropped, "-an", ...intermediate, `fitted-${index}.mp4`],
      ]);
    }
    const inputs = Array.from({ length: CLIP_COUNT }, (_, index) => ["-i", `fitted-${index}.mp4`]).flat();
    run(folder, [...inputs, "-filter_complex", `concat=n=${CLIP_COUNT}:v=1:a=0`, ...intermediate, "joined.mp4"]);
    const burn = ["-i", "joined.mp4", "-i", "narration.wav", "-vf", CAPTIONS_FILTER, "-c:a", "aac"];
    run(folder, [...burn, ...last, "burned.mp4"]);
  });
}

/** Peak signal-to-noise ratio of a file in dB, compared with the pictures before any encoding. */
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
