import { expect, test } from "vitest";
import { multipartFrame } from "../../../src/delivery/multipart-ranges.ts";

test("a multipart response has the announced length and the format of RFC 9110", () => {
  const ranges = [
    { first: 2, last: 4 },
    { first: 8, last: 8 },
  ];
  const frame = multipartFrame(ranges, { size: 10, contentType: "video/mp4" }, "BOUNDARY");
  const text = ranges
    .map(({ first, last }, index) => frame.headers[index] + "0123456789".slice(first, last + 1))
    .concat(frame.end)
    .join("");
  expect(frame.contentType).toBe("multipart/byteranges; boundary=BOUNDARY");
  expect(frame.length).toBe(text.length);
  expect(text).toBe(
    "--BOUNDARY\r\nContent-Type: video/mp4\r\nContent-Range: bytes 2-4/10\r\n\r\n234\r\n" +
      "--BOUNDARY\r\nContent-Type: video/mp4\r\nContent-Range: bytes 8-8/10\r\n\r\n8\r\n--BOUNDARY--\r\n",
  );
});
