import { expect, test } from "vitest";
import { JOB_FILES } from "../../../src/ffmpeg/job-files.ts";
import { segmentArguments } from "../../../src/ffmpeg/segment-arguments.ts";
import { imagePiece, segmentJob, videoPiece } from "../../support/jobs.ts";

const job = segmentJob([videoPiece({ start: 1.5, frames: 40, frameRate: 60 }), imagePiece({ input: 1, frames: 20 })], {
  width: 360,
  height: 640,
});
const after = (args: string[], option: string) => args[args.indexOf(option) + 1];

test("a segment's ffmpeg arguments contain only numbers and the service's own file names", () => {
  const args = segmentArguments(
    { ...job, captions: { ass: "$(x); movie=/etc/passwd", fonts: [2], coloured: false } },
    { threads: 2 },
  );
  expect(args.join(" ")).not.toContain("passwd");
  expect(args.filter((_, index) => args[index - 1] === "-i")).toEqual([JOB_FILES.input(0), JOB_FILES.input(1)]);
  expect(args.at(-1)).toBe(JOB_FILES.output);
});

test("a video is read from just before its piece to just after it, and an image is read whole", () => {
  const args = segmentArguments(job, { threads: 1 });
  const [video = [], image = []] = [args.slice(0, args.indexOf("input-0")), args.slice(args.indexOf("input-0"))];
  expect(Number(after(video, "-ss"))).toBeGreaterThan(1.45);
  expect(Number(after(video, "-ss"))).toBeLessThan(1.5 - 1 / 60);
  expect(Number(after(video, "-t"))).toBeGreaterThan(40 / 30);
  expect(image.slice(0, image.indexOf("input-1"))).not.toContain("-ss");
});

test("each piece gives exactly its frames, and a segment has two output streams only with subtitles", () => {
  const plain = segmentArguments(job, { threads: 1 });
  const graph = after(plain, "-filter_complex") ?? "";
  expect(graph.match(/trim=end_frame=\d+/g)).toEqual(["trim=end_frame=40", "trim=end_frame=20"]);
  // Filters that an ordinary source does not need are left out.
  expect(graph).not.toMatch(/bwdif|zscale|tonemap|premultiply|fade|overlay|pad=\d/);
  expect(plain.filter((argument) => argument === "-map")).toHaveLength(1);
  const captioned = segmentArguments({ ...job, captions: { ass: "x", fonts: [2], coloured: false } }, { threads: 1 });
  expect(captioned.filter((_, index) => captioned[index - 1] === "-map")).toEqual(["[clean]", "[captioned]"]);
});
