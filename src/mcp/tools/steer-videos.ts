import { z } from "zod";
import { cancelTask, deleteTask, retryTask } from "../../tasks/steer-task.ts";
import { answerWithTask, taskAnswerSchema } from "../task-answer.ts";
import { defineTool, type Tool } from "../tool.ts";

/** The tools that change tasks. */
export function steerTools(): Tool[] {
  const input = z.strictObject({ task_id: z.uuid() });
  return [
    defineTool({
      name: "cancel_video",
      title: "Cancel a video",
      description: "Stops a task that is not done. retry_video continues it later.",
      nature: { effect: "destroys", idempotent: true },
      input,
      output: taskAnswerSchema(),
      run: async ({ task_id }, { caller }) =>
        answerWithTask(caller, await cancelTask(caller.env, task_id, caller.owner)),
    }),
    defineTool({
      name: "retry_video",
      title: "Retry a video",
      description:
        "Continues a failed or cancelled task where it stopped, with the same request. To change the request, use remake_video.",
      nature: { effect: "adds", idempotent: false },
      input,
      output: taskAnswerSchema(),
      run: async ({ task_id }, { caller }) =>
        answerWithTask(caller, await retryTask(caller.env, task_id, caller.owner)),
    }),
    defineTool({
      name: "delete_video",
      title: "Delete a video",
      description: "Deletes a task and its files permanently. A task that is not done is stopped first.",
      nature: { effect: "destroys", idempotent: true },
      input,
      output: z.object({ task_id: z.string(), deleted: z.literal(true) }),
      run: async ({ task_id }, { caller }) => {
        await deleteTask(caller.env, task_id, caller.owner);
        const text = `Task ${task_id} and its files are deleted.`;
        return { data: { task_id, deleted: true as const }, content: [{ type: "text", text }] };
      },
    }),
  ];
}
