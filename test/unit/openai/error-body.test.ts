import { expect, test } from "vitest";
import { errorBody } from "../../../src/openai/error-body.ts";

test.each([
  ["video_size: must be even", "size", "size: must be even"],
  ["video_materials[0].url: is missing", "input_reference", "input_reference: is missing"],
  ["file: is broken", "input_reference", "input_reference: is broken"],
  ["voice_name: nobody has it", "voice_name", "voice_name: nobody has it"],
  ["no field is named here", null, "no field is named here"],
])("the error %j names the field %j of OpenAI's API", (message, param, shown) => {
  expect(errorBody(400, message, "invalid_request").error).toEqual({
    message: shown,
    type: "invalid_request_error",
    param,
    code: "invalid_request",
  });
});

test.each([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "invalid_request_error"],
  [429, "rate_limit_error"],
  [503, "server_error"],
])("an error with status %i has the type %s", (status, type) => {
  expect(errorBody(status, "x", null).error.type).toBe(type);
});
