import type { MediaProbe, SoundtrackJob } from "../protocol/render-job.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Input } from "../protocol/task-jobs.ts";
import { FRAME_RATE, SAMPLE_RATE, type Timeline } from "../timeline/plan-timeline.ts";
import { soundPieces } from "../timeline/sound-pieces.ts";
import { indexOfInput } from "./job-inputs.ts";

/** The job for a video's soundtrack; null if the video has no sound. */
export function soundtrackJob(
  timeline: Pick<Timeline, "frames" | "shots">,
  task: Pick<TaskInput, "request" | "materials" | "narration" | "music">,
): { job: SoundtrackJob; inputs: Input[] } | null {
  const { request, narration, music } = task;
  const inputs: Input[] = [];
  const pieces =
    request.clip_volume > 0
      ? soundPieces(
          timeline.shots,
          (index) => {
            const material = task.materials[index];
            return material?.probe.audio ? indexOfInput(inputs, material.input) : null;
          },
          { frameRate: FRAME_RATE, sampleRate: SAMPLE_RATE },
        )
      : [];
  const clipsHaveSound = pieces.some(({ input }) => input !== null);
  if (!narration && !music && !clipsHaveSound) return null;
  return {
    job: {
      kind: "soundtrack",
      samples: Math.round((timeline.frames * SAMPLE_RATE) / FRAME_RATE),
      sampleRate: SAMPLE_RATE,
      narration: narration && {
        input: indexOfInput(inputs, narration.input),
        volume: request.voice_volume,
        ...irregularity(narration.probe),
      },
      music: music && {
        input: indexOfInput(inputs, music.input),
        volume: request.bgm_volume,
        duration: music.probe.duration,
        ...irregularity(music.probe),
      },
      clips: clipsHaveSound ? { volume: request.clip_volume, pieces } : null,
    },
    inputs,
  };
}

function irregularity({ audio }: MediaProbe): { irregular?: true } {
  return audio?.irregular ? { irregular: true } : {};
}
