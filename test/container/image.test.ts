import { execFile, execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { create, finish, upload } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { startService } from "../../scripts/service.ts";
import { decodeWarnings, ffmpeg } from "../support/ffmpeg.ts";
import { skippedWithout } from "../support/skipped.ts";
import { RenderClient } from "./support/render-client.ts";
import { segment } from "./support/samples.ts";

/** Tag of an image that `container/build-image.sh` built. The tests are skipped if it is not set. */
const image = process.env.RENDER_IMAGE;
const name = `edgereel-test-${randomUUID()}`;
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** An ASS document with one subtitle in a system font. libass falls back to other fonts for missing glyphs. */
const subtitle = (text: string, { width, height }: { width: number; height: number }) => `[Script Info]
ScriptType: v4.00+
PlayResX: ${width}
PlayResY: ${height}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment, MarginV, Encoding
Style: Default,Noto Sans,40,&H00FFFFFF,&H00000000,1,2,2,40,1

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:01.00,Default,${text}
`;

/** Pairs of words with equal length and no common character. They look the same only if every glyph is missing. */
const PAIRS = [
  ["Edge", "Wolf"],
  ["视频", "制作"],
  ["にほ", "カナ"],
  ["한국", "자막"],
  ["مر", "حب"],
  ["नम", "कल"],
  ["😀🚀", "🎬🌍"],
  ["🥹", "🦾"],
] as const;

/** Real footage from Debian's opencv-doc, used if it is installed. */
const footage = ["vtest.avi", "tree.avi"].map((file) => `/usr/share/doc/opencv-doc/examples/data/${file}`);
const ours = ["dusk.mp4", "life.mp4"].map((file) => fileURLToPath(new URL(`../../samples/${file}`, import.meta.url)));

describe.skipIf(!image)(
  `the container image${skippedWithout(image !== undefined, "an image named by RENDER_IMAGE")}`,
  () => {
    let server: RenderClient;
    let address: string;
    beforeAll(async () => {
      // An internal network: only this machine reaches the container, and the container reaches nothing outside.
      docker("network", "create", "--internal", name);
      const locked = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "256"];
      docker(
        "run",
        "--detach",
        "--name",
        name,
        "--network",
        name,
        ...locked,
        "--memory",
        "2g",
        "--env",
        "SLOTS=1",
        image ?? "",
      );
      address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);
      server = new RenderClient(`http://${address}:8081`);
      await vi.waitFor(() => server.health(), { timeout: 60_000, interval: 200 });
    });
    afterAll(() => {
      docker("rm", "--force", "--volumes", name);
      docker("network", "rm", name);
    });

    test("the container image runs as an unprivileged user on a read-only root file system", () => {
      expect(docker("exec", name, "id", "-u")).toBe("10001");
      expect(() => docker("exec", name, "touch", "/app/x")).toThrow("Read-only file system");
      expect(() => docker("exec", name, "touch", "/tmp/x")).toThrow("Read-only file system");
      docker("exec", name, "touch", "/scratch/x");
    });

    test("the container image renders captions in Latin, Chinese, Japanese, Korean, Arabic, Hindi and emoji without missing glyphs", async () => {
      const size = { width: 640, height: 480 };
      const clip = await server.put(new Uint8Array(readFileSync(new URL("../../samples/dusk.mp4", import.meta.url))));
      const noFont = await server.put(new Uint8Array(16));
      const draw = async (text: string) => {
        const job = segment([{ frames: 1 }], {
          ...size,
          captions: { ass: subtitle(text, size), fonts: [1], coloured: false },
        });
        const answer = await server.render(job, [clip, noFont]);
        expect(answer.status, text).toBe(200);
        const file = await answer.bytes();
        expect(await decodeWarnings(file)).toBe("");
        const raw = ["-f", "rawvideo", "-pix_fmt", "gray", "output"];
        return (await ffmpeg({ file }, "-i", "file", "-map", "0:v:1", ...raw)).output;
      };
      // Every character without a glyph is drawn as the same box.
      expect(await draw("\uE0FF\uE0FE")).toEqual(await draw("\uE0FD\uE0FC"));
      for (const [one, other] of PAIRS) expect(await draw(one), one).not.toEqual(await draw(other));
    });

    test("the service passes every check of test/contract/check.mjs with the container image as its renderer", {
      timeout: 240_000,
    }, async () => {
      const state = await mkdtemp(join(tmpdir(), "edgereel-image-"));
      const vars = { RENDERER: "http", RENDERER_URL: `http://${address}:8081` };
      const service = await startService({ port: await freePort(), state, vars });
      try {
        const MATERIALS = (footage.every((file) => existsSync(file)) ? footage : ours).join(",");
        const check = fileURLToPath(new URL("../contract/check.mjs", import.meta.url));
        const run = promisify(execFile)(process.execPath, [check, service.origin], {
          env: { ...process.env, MATERIALS },
        });
        const { stdout } = await run.catch((error: { stdout: string }) => error);
        expect(stdout.trim()).toMatch(/^\d{3,} passed, 0 failed$/);
        // The checker deletes its task, so create another one.
        await upload(service.origin, "video_materials", "dusk.mp4", new Uint8Array(readFileSync(ours[0] ?? "")));
        const made = await create(service.origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 });
        expect(await finish(service.origin, made)).toMatchObject({ state: 1, renderer: "http" });
      } finally {
        await service.stop();
        await rm(state, { recursive: true, force: true, maxRetries: 5 });
      }
    });

    test("the container exits with code 0 after SIGTERM", () => {
      docker("stop", "--time", "20", name);
      expect(docker("inspect", "--format", "{{.State.ExitCode}}", name)).toBe("0");
    });
  },
);
