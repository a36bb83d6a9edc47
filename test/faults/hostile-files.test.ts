import { once } from "node:events";
import { createServer } from "node:net";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { mediaProbeSchema } from "../../src/protocol/render-job.ts";
import { probeAnswerSchema } from "../../src/protocol/render-server.ts";
import {
  brokenFramesAvi,
  claimingPng,
  claimKeyframes,
  concatScript,
  dashManifest,
  hlsPlaylist,
  stretchOnlyFrame,
} from "../container/support/hostile-files.ts";
import { failure } from "../container/support/render-client.ts";
import { describeWithFfmpeg, RenderServer } from "../container/support/render-server.ts";
import { colourVideo, makeMedia, segment } from "../container/support/samples.ts";
import { ffprobe } from "../support/ffmpeg.ts";
import { imagePiece, segmentJob, soundtrackJob } from "../support/jobs.ts";

const soundtrack = soundtrackJob(1);

describeWithFfmpeg("hostile inputs", () => {
  let server: RenderServer;
  let good: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    server = await RenderServer.start();
    good = colourVideo("red", 1);
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    await server.idle();
    expect((await server.render(segment([{}]), [await server.put(good)])).status).toBe(200);
    await server.idle();
  });

  /** Checks that a probe and every kind of job fail with a file, and returns their ffmpeg logs. */
  async function refusal(file: Uint8Array<ArrayBuffer>): Promise<string> {
    const hash = await server.put(file);
    const { log: probed } = await failure(await server.probe(hash), "bad_input");
    const { log: shown } = await failure(await server.render(segment([{}]), [hash]), "ffmpeg_failed");
    const { log: still } = await failure(
      await server.render(segmentJob([imagePiece({ frames: 15 })]), [hash]),
      "ffmpeg_failed",
    );
    const { log: heard } = await failure(await server.render(soundtrack, [hash]), "ffmpeg_failed");
    return [probed, shown, still, heard].join("\n");
  }

  test("an HLS playlist as an input cannot make ffmpeg open a local file", async () => {
    const local = pathToFileURL(`${server.scratch}/inputs/${await server.put(good)}`).href;
    for (const address of ["/etc/passwd", "file:///etc/passwd", local, "concat:/etc/passwd|/etc/hosts"]) {
      const said = await refusal(hlsPlaylist(address));
      expect(said).toContain("not on whitelist");
      expect(said).not.toContain("root:");
    }
  });

  test("a concat script as an input cannot make ffmpeg open a local file", async () => {
    expect(await refusal(concatScript("/etc/passwd", `${server.scratch}/inputs/${await server.put(good)}`))).toContain(
      "not on whitelist",
    );
  });

  test("an input cannot make ffmpeg open a network connection", async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    const address = `http://127.0.0.1:${port}/video.mp4`;
    const script = new TextEncoder().encode(`[playlist]\nFile1=${address}\n`);
    const sdp = new TextEncoder().encode(
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    );
    for (const file of [
      hlsPlaylist(address),
      hlsPlaylist(`tcp://127.0.0.1:${port}`),
      concatScript(address),
      dashManifest(address),
      script,
      sdp,
    ]) {
      await refusal(file);
    }
    listener.close();
    expect(connections).toBe(0);
  });

  test("a tiny PNG file that declares a huge size is refused", async () => {
    for (const size of [60_000, 30_000, 12_000]) {
      expect(await refusal(claimingPng(size))).toMatch(/is invalid|exceeds specified max pixel count/);
    }
  });

  test("an empty file and MP4 files with truncated tables are refused", async () => {
    await refusal(new Uint8Array(0));
    await refusal(good.slice(0, 40));
    const faststart = makeMedia("mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=2", "-movflags", "+faststart");
    await refusal(faststart.slice(0, 600));
    await refusal(good.slice(0, good.byteLength - 200));
  });

  test("a video whose keyframe table does not fit into memory is refused", async () => {
    const video = makeMedia("mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=2", "-movflags", "+faststart");
    const hash = await server.put(claimKeyframes(video, 0x2000_0000));
    const { message } = await failure(await server.probe(hash), "bad_input");
    expect(message).toContain("memory");
    await failure(await server.render(segment([{}]), [hash]), "out_of_memory");
  });

  test("an MP3 file whose sample rate changes midway is refused with that reason", async () => {
    const rates = [44_100, 48_000].map((rate) =>
      makeMedia("mp3", "-f", "lavfi", "-i", `sine=440:r=${rate}:d=1`, "-write_xing", "0", "-id3v2_version", "0"),
    );
    const hash = await server.put(new Uint8Array(Buffer.concat(rates)));
    const { log } = await failure(await server.render({ ...soundtrack, samples: 96_000 }, [hash]), "ffmpeg_failed");
    expect(log).toContain("Changing audio frame properties on the fly is not supported");
  });

  test("a video with truncated frames gives a segment of the requested length or an error", async () => {
    const whole = makeMedia("mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=2", "-movflags", "+faststart");
    const hash = await server.put(whole.slice(0, whole.byteLength / 2));
    const answer = await server.render(segment([{ frames: 60 }]), [hash]);
    if (answer.status === 200) {
      expect((await ffprobe(await answer.bytes())).streams).toMatchObject([{ nb_read_packets: "60" }]);
    } else {
      await failure(answer, "ffmpeg_failed");
    }
  });

  test("a video whose only frame lasts ten hours gives the requested number of frames or an error", async () => {
    const frame = makeMedia("mp4", "-f", "lavfi", "-i", "color=red:s=64x64:r=30", "-frames:v", "1");
    const hash = await server.put(stretchOnlyFrame(frame, 36_000));
    const probed = probeAnswerSchema.parse(await (await server.probe(hash)).json());
    expect(mediaProbeSchema.parse(probed.probe)).toMatchObject({ kind: "video", duration: 36_000 });
    for (const frameRate of [30, 60]) {
      const answer = await server.render(segment([{ frames: 30, frameRate }]), [hash], { seconds: 120 });
      expect(answer.status).toBe(200);
      expect((await ffprobe(await answer.bytes())).streams).toMatchObject([{ nb_read_packets: "30" }]);
    }
    for (const start of [5, 35_000]) {
      const answer = await server.render(segment([{ start, frames: 30 }]), [hash], { seconds: 120 });
      if (answer.status === 200) {
        expect((await ffprobe(await answer.bytes())).streams).toMatchObject([{ nb_read_packets: "30" }]);
      } else {
        await failure(answer, "ffmpeg_failed");
      }
    }
  }, 240_000);

  test("a file that makes ffmpeg log endlessly fails with at most the last 8 KiB of the log", async () => {
    const hash = await server.put(brokenFramesAvi(50_000));
    const job = segment([{ frames: 50_000 }]);
    const { log } = await failure(await server.render(job, [hash]), "ffmpeg_failed");
    expect(log.length).toBeGreaterThan(1000);
    expect(log.length).toBeLessThanOrEqual(8192);
    await failure(await server.probe(hash), "bad_input");
  });

  test("a job fails with timeout if its input keeps ffmpeg busy for too long", async () => {
    const hash = await server.put(brokenFramesAvi(50_000));
    await failure(await server.render(segment([{ frames: 50_000 }]), [hash], { seconds: 0.1 }), "timeout");
  });
});
