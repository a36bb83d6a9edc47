import { z } from "zod";
import { CodedError } from "../../api/errors.ts";
import { bestVoice } from "../../authoring/best-voice.ts";
import { type CreatedTask, createTask } from "../../tasks/create/create-task.ts";
import { remakeTask } from "../../tasks/create/remake-task.ts";
import { noTask, viewedTask } from "../../tasks/view/viewed-task.ts";
import type { Caller } from "../caller.ts";
import { answerWithTask, taskAnswerSchema } from "../task-answer.ts";
import { defineTool, type Tool, type ToolAnswer } from "../tool.ts";
import { requestFields, type VideoArguments, videoArgumentsSchema, withArgumentNames } from "../video-arguments.ts";

/** The tools that make videos. */
export function createTools(): Tool[] {
  return [
    defineTool({
      name: "create_video",
      title: "Make a video",
      description:
        "Makes a short video with speech, captions and music from what you give. Returns a task at once; then call " +
        "wait_for_video with its task_id until it is done, which takes from seconds to minutes.\n\n" +
        "Which arguments:\n" +
        "- You have the words and the clips or images: `script` and `materials`.\n" +
        "- You have the words only: `script`. Footage is searched.\n" +
        "- You have a topic only: `subject`. The script is written, and footage is searched.\n" +
        "- You have clips only, to be joined: `materials`.\n" +
        "Give https links in `materials` directly; they need not be uploaded first. Leave out what the user did not ask for.\n\n" +
        'Example: {"script": "The sea is calm today. Boats leave the harbour.", "materials": ["https://example.com/sea.mp4", ' +
        '"https://example.com/harbour.jpg"], "aspect": "9:16"}',
      nature: { effect: "adds", idempotent: false, openWorld: true },
      input: videoArgumentsSchema(),
      output: taskAnswerSchema(),
      run: async (given, { caller }) => {
        const fields = requestFields(given);
        const speech = await speechFor(caller, given, fields);
        return answerCreated(caller, (creator) => createTask(caller.env, { ...fields, ...speech }, creator));
      },
    }),
    defineTool({
      name: "remake_video",
      title: "Make a video again with changes",
      description:
        "Makes a new video from the request of an earlier task, with the arguments given here changed and everything else " +
        'as it was. The earlier video stays. Returns a new task: follow it with wait_for_video.\n\nExample: {"task_id": ' +
        '"6c85c8cc-a77a-42b9-bc30-947815aa0558", "aspect": "16:9", "music": "none"}',
      nature: { effect: "adds", idempotent: false, openWorld: true },
      input: z.strictObject({
        task_id: z.uuid().meta({ description: "The earlier task." }),
        ...videoArgumentsSchema().shape,
      }),
      output: taskAnswerSchema(),
      run: async ({ task_id, ...changes }, { caller }) =>
        answerCreated(caller, (creator) => remakeTask(caller.env, task_id, requestFields(changes), creator)),
    }),
  ];
}

/**
 * A voice for a script over given clips. The HTTP API leaves such a video without speech, but who gives a model a script
 * means it to be spoken.
 */
async function speechFor(
  { env }: Caller,
  { script, materials, voice, narration, language }: VideoArguments,
  fields: Readonly<Record<string, unknown>>,
): Promise<{ voice_name?: string }> {
  const words = script?.trim() ?? "";
  const silent = words === "" || !materials?.length || voice !== undefined || narration !== undefined;
  if (silent || "voice_name" in fields || "custom_audio_file" in fields) return {};
  const found = await bestVoice(env, words, language);
  return found === null ? {} : { voice_name: found };
}

async function answerCreated(
  caller: Caller,
  create: (creator: { owner: string; origin: string; idempotencyKey: null }) => Promise<CreatedTask>,
): Promise<ToolAnswer<z.infer<ReturnType<typeof taskAnswerSchema>>>> {
  const { env, owner, origin } = caller;
  const created = await create({ owner, origin, idempotencyKey: null }).catch((error: unknown) => {
    throw withArgumentNames(error);
  });
  if (created.kind !== "task") throw new CodedError("invalid_request", "dry_run: is not supported here; leave it out");
  const task = await viewedTask(env, created.taskId, owner).get();
  if (!task) throw noTask(created.taskId);
  return answerWithTask(caller, task);
}
