import { expect, test } from "vitest";
import {
  CodedError,
  checkField,
  errorTable,
  inField,
  isTaskErrorCode,
  requestErrors,
  taskErrorCodes,
  taskErrors,
} from "../../../src/api/errors.ts";
import { taskDataSchema } from "../../../src/api/task.ts";

test("no error code stands in both tables of errors", () => {
  expect(Object.keys(requestErrors).filter(isTaskErrorCode)).toEqual([]);
  expect(Object.keys(errorTable)).toHaveLength(Object.keys(requestErrors).length + taskErrorCodes.length);
});

test.each(Object.entries(errorTable))(
  "the error %s has an HTTP error status or none, and a meaning in one sentence",
  (_, row) => {
    if (row.status !== null) expect(row.status).toSatisfy((status: number) => status >= 400 && status < 600);
    expect(row.meaning).toMatch(/^(?:[A-Z`]|ffmpeg ).*[.]$/);
  },
);

test("a task's failure can have every code of the table of task errors and no other", () => {
  const failure = { stage: "rendering", message: "why", retryable: true };
  const shape = taskDataSchema.shape.failure;
  for (const code of taskErrorCodes) expect(shape.safeParse({ ...failure, code }).success).toBe(true);
  expect(shape.safeParse({ ...failure, code: "no_such_code" }).success).toBe(false);
});

test.each(taskErrorCodes)("a CodedError %s takes what to do next from the table", (code) => {
  const { rerun, retryable } = new CodedError(code, "why");
  expect({ rerun, retryable }).toEqual({ rerun: taskErrors[code].rerun, retryable: taskErrors[code].retryable });
});

test("a CodedError can differ from the table's row for its code", () => {
  const error = new CodedError("input_unreachable", "the host answered 404", { retryable: false, rerun: "never" });
  expect(error).toMatchObject({ code: "input_unreachable", retryable: false, rerun: "never" });
});

test("an error that is put into a field keeps everything but its message", () => {
  const cause = new Error("inside");
  const options = { retryable: false, rerun: "never", headers: { "retry-after": "5" }, cause } as const;
  const error = inField("bgm_file", new CodedError("timeout", "too slow", options));
  expect(error).toMatchObject({ code: "timeout", message: "bgm_file: too slow", ...options });
});

test("checkField names the field in errors with a code, and lets others through", () => {
  const refused = new CodedError("bad_input", "must be a font");
  const check = (error: unknown) => () =>
    checkField("font_name", () => {
      throw error;
    });
  expect(check(refused)).toThrow(expect.objectContaining({ code: "bad_input", message: "font_name: must be a font" }));
  expect(check(new TypeError("a bug"))).toThrow(TypeError);
  expect(checkField("font_name", () => 5)).toBe(5);
});
