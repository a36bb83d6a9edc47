import { z } from "zod";
import { isFinal } from "../../api/task-state.ts";
import { TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { formatCursor, parseCursor } from "../../tasks/list-cursor.ts";
import { taskData } from "../../tasks/view/task-data.ts";
import { noTask, viewedTask } from "../../tasks/view/viewed-task.ts";
import type { ToolCall } from "../caller.ts";
import { answerWithTask, describeTask, taskAnswer, taskAnswerSchema } from "../task-answer.ts";
import { defineTool, type Tool } from "../tool.ts";

/** Max seconds that wait_for_video waits. Clients give up on a request after a minute. */
const MAX_WAIT_SECONDS = 50;
/** Max milliseconds between two looks at a task. */
const WATCH_MS = 10_000;

const STATES = { working: 4, succeeded: 1, failed: -1 } as const;

/** The tools that look at tasks. */
export function followTools(): Tool[] {
  return [
    defineTool({
      name: "wait_for_video",
      title: "Wait for a video",
      description:
        "Waits until a task is done, at most `wait_seconds`, and returns its state; when done, with links to the MP4 and the " +
        "poster as an image. Call it again while `done` is false. With `wait_seconds` 0 it only looks.",
      nature: { effect: "reads", idempotent: true },
      input: z.strictObject({
        task_id: z.uuid().meta({ description: "From create_video, remake_video or list_videos." }),
        wait_seconds: z.number().min(0).max(MAX_WAIT_SECONDS).default(25),
      }),
      output: taskAnswerSchema(),
      run: async ({ task_id, wait_seconds }, call) => {
        const task = await waitForEnd(call, task_id, wait_seconds * 1000);
        return answerWithTask(call.caller, task);
      },
    }),
    defineTool({
      name: "list_videos",
      title: "List videos",
      description:
        "Lists tasks, newest first, with their state and links. Use it to find the task_id of an earlier video.",
      nature: { effect: "reads", idempotent: true },
      input: z.strictObject({
        state: z.enum(["working", "succeeded", "failed"]).optional().meta({
          description: "Only tasks of this state; `failed` includes cancelled ones.",
        }),
        limit: z.int().min(1).max(50).default(10),
        cursor: z.string().max(200).optional().meta({ description: "`next_cursor` of the page before." }),
      }),
      output: z.object({
        videos: z.array(taskAnswerSchema()),
        total: z.int(),
        next_cursor: z.string().nullable(),
      }),
      run: async ({ state, limit, cursor }, { caller }) => {
        const from = cursor === undefined ? { page: 1 } : { after: parseCursor(cursor) };
        const wanted = state === undefined ? null : STATES[state];
        const query = {
          owner: caller.owner,
          state: wanted,
          search: null,
          order: "desc" as const,
          pageSize: limit,
          from,
        };
        const found = await new TaskCatalog(caller.env.DB).list(query, null);
        const tasks = found.tasks.map((task) => taskData(task, caller.links));
        const next_cursor = found.next && formatCursor(found.next);
        const lines = tasks.map((task) => {
          const [title = ""] = [task.video_subject || task.script].filter(Boolean);
          const [video] = task.videos;
          return `- ${task.task_id} ${task.stage} ${task.created_at}${title ? ` "${title}"` : ""}${video ? ` ${video}` : ""}`;
        });
        const more = next_cursor === null ? "" : `\nThere are more: call list_videos with cursor "${next_cursor}".`;
        return {
          data: { videos: tasks.map(taskAnswer), total: found.total, next_cursor },
          content: [{ type: "text", text: `${found.total} tasks.\n${lines.join("\n")}${more}` }],
        };
      },
    }),
  ];
}

/**
 * Waits until a task has ended, and reports its progress meanwhile.
 *
 * @returns the task as it is then, or after the time.
 * @throws CodedError `not_found`; AccessError if the caller may no longer see the task; the call's abort reason.
 */
async function waitForEnd(
  { caller, report, signal }: ToolCall,
  id: string,
  milliseconds: number,
): Promise<TaskSummary> {
  const object = viewedTask(caller.env, id, caller.owner);
  const end = Date.now() + milliseconds;
  let task = await object.get();
  for (;;) {
    if (!task) throw noTask(id);
    signal.throwIfAborted();
    const left = end - Date.now();
    if (isFinal(task.stage) || left <= 0) return task;
    const data = taskData(task, caller.links);
    report({ progress: task.progress, message: describeTask(data).split("\n")[0] ?? "" });
    task = await object.watch(task.revision, Math.min(left, WATCH_MS, await caller.accessTimeLeftMs()));
  }
}
