import { z } from "@hono/zod-openapi";

/** A task id in the path of a file or page. */
export const TASK_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The path parameter of all routes about one task. */
export const taskPath = z.object({
  task_id: z
    .uuid({ error: "is not a task id (a UUID)" })
    .openapi({ param: { name: "task_id", in: "path" }, example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
});
