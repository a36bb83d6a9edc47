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

test("no error code is both a request error and a task error", () => {
  expect(Object.keys(requestErrors).filter(isTaskErrorCode)).toEqual([]);
  expect(Object.keys(errorTable)).toHaveLength(Object.keys(requestErrors).length + taskErrorCodes.length);
});

test.each(Object.entries(errorTable))(
  "the error code %s has a 4xx, 5xx or null status, and its meaning is a full sentence",
  (_, row) => {
    if (row.status !== null) expect(row.status).toSatisfy((status: number) => status >= 400 && status < 600);
    expect(row.meaning).toMatch(/^(?:[A-Z`]|ffmpeg ).*[.]$/);
  },
);

test("a task's failure accepts every task error code and no other code", () => {
  const failure = { stage: "rendering", message: "why", retryable: true };
  const shape = taskDataSchema.shape.failure;
  for (const code of taskErrorCodes) expect(shape.safeParse({ ...failure, code }).success).toBe(true);
  expect(shape.safeParse({ ...failure, code: "no_such_code" }).success).toBe(false);
});

test.each(taskErrorCodes)("a CodedError with the code %s takes its retry policy from the error table", (code) => {
  const { rerun, retryable } = new CodedError(code, "why");
  expect({ rerun, retryable }).toEqual({ rerun: taskErrors[code].rerun, retryable: taskErrors[code].retryable });
});

test("the options of a CodedError override the error table", () => {
  const error = new CodedError("input_unreachable", "the host answered 404", { retryable: false, rerun: "never" });
  expect(error).toMatchObject({ code: "input_unreachable", retryable: false, rerun: "never" });
});

test("inField adds the field to an error's message and changes nothing else", () => {
  const cause = new Error("inside");
  const options = { retryable: false, rerun: "never", headers: { "retry-after": "5" }, cause } as const;
  const error = inField("bgm_file", new CodedError("timeout", "too slow", options));
  expect(error).toMatchObject({ code: "timeout", message: "bgm_file: too slow", ...options });
});

test("checkField adds the field to a CodedError and passes on any other error", () => {
  const refused = new CodedError("bad_input", "must be a font");
  const check = (error: unknown) => () =>
    checkField("font_name", () => {
      throw error;
    });
  expect(check(refused)).toThrow(expect.objectContaining({ code: "bad_input", message: "font_name: must be a font" }));
  expect(check(new TypeError("a bug"))).toThrow(TypeError);
  expect(checkField("font_name", () => 5)).toBe(5);
});
