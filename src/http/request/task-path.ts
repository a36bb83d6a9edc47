import { z } from "@hono/zod-openapi";

/** The path parameter of all routes about one task. */
export const taskPath = z.object({
  task_id: z
    .uuid({ error: "is not a task id (a UUID)" })
    .openapi({ param: { name: "task_id", in: "path" }, example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
});
