import { crc32, deflateSync } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;

/** An HLS playlist that lists files or URLs, uploaded as if it were an MP4 file. */
export function hlsPlaylist(...addresses: string[]): Bytes {
  const entries = addresses.map((address) => `#EXTINF:1,\n${address}\n`).join("");
  return text(`#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n${entries}#EXT-X-ENDLIST\n`);
}

/** A script for ffmpeg's concat demuxer. */
export function concatScript(...files: string[]): Bytes {
  return text(`ffconcat version 1.0\n${files.map((file) => `file '${file}'\nduration 1\n`).join("")}`);
}

/** A DASH manifest whose only segment is at the given URL. */
export function dashManifest(address: string): Bytes {
  return text(`<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-main:2011">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="0" bandwidth="1" codecs="avc1.42c00d" width="64" height="64">
<BaseURL>${address}</BaseURL><SegmentList duration="1"><Initialization sourceURL="init.mp4"/><SegmentURL media="1.m4s"/></SegmentList>
</Representation></AdaptationSet></Period></MPD>`);
}

/** A PNG file with the data of one pixel that declares a width and height of `size` pixels (PNG §11.2.2). */
export function claimingPng(size: number): Bytes {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6], 8);
  return concat(
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(Buffer.from([0, 255, 0, 0, 255]))),
    pngChunk("IEND", Buffer.alloc(0)),
  );
}

/**
 * An AVI file of `frames` JPEG pictures with a height of 0. Each has another width, so that ffmpeg logs a
 * new message for each instead of a repetition.
 */
export function brokenFramesAvi(frames: number): Bytes {
  const pictures = Array.from({ length: frames }, (_, index) => {
    const picture = Buffer.from("ffd8ffc00011080000000003011100021100031100", "hex");
    picture.writeUInt16BE(1 + (index % 60_000), 9);
    return riff("00dc", Buffer.concat([picture, Buffer.alloc(picture.byteLength % 2)]));
  });
  const main = Buffer.alloc(56);
  for (const [offset, value] of [
    [0, 33_333],
    [16, frames],
    [24, 1],
    [32, 64],
    [36, 64],
  ] as const)
    main.writeUInt32LE(value, offset);
  const stream = Buffer.alloc(56);
  stream.write("vidsMJPG", "latin1");
  for (const [offset, value] of [
    [20, 1],
    [24, 30],
    [32, frames],
  ] as const)
    stream.writeUInt32LE(value, offset);
  const format = Buffer.alloc(40);
  for (const [offset, value] of [
    [0, 40],
    [4, 64],
    [8, 64],
  ] as const)
    format.writeInt32LE(value, offset);
  format.writeUInt16LE(1, 12);
  format.writeUInt16LE(24, 14);
  format.write("MJPG", 16, "latin1");
  const headers = list("hdrl", riff("avih", main), list("strl", riff("strh", stream), riff("strf", format)));
  return concat(
    riff("RIFF", Buffer.concat([Buffer.from("AVI ", "latin1"), headers, list("movi", Buffer.concat(pictures))])),
  );
}

/**
 * Returns a copy of an MP4 file whose only frame lasts `seconds` (ISO/IEC 14496-12 §8.4.2, §8.6.1.2). Throws if
 * the file has more than one frame.
 */
export function stretchOnlyFrame(mp4: Bytes, seconds: number): Bytes {
  const stretched = Buffer.from(mp4);
  const at = (type: string) => {
    const position = stretched.indexOf(type, 0, "latin1");
    if (position < 0) throw new Error(`the file has no ${type}`);
    return position + 4;
  };
  const timescale = stretched.readUInt32BE(at("mdhd") + 12);
  if (stretched.readUInt32BE(at("stts") + 8) !== 1) throw new Error("the file has more than one frame");
  stretched.writeUInt32BE(seconds * timescale, at("mdhd") + 16);
  stretched.writeUInt32BE(seconds * timescale, at("stts") + 12);
  const movieTimescale = stretched.readUInt32BE(at("mvhd") + 12);
  stretched.writeUInt32BE(seconds * movieTimescale, at("mvhd") + 16);
  stretched.writeUInt32BE(seconds * movieTimescale, at("tkhd") + 20);
  stretched.writeUInt32BE(seconds * movieTimescale, at("elst") + 8);
  return new Uint8Array(stretched);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.byteLength);
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function riff(type: string, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, "latin1");
  header.writeUInt32LE(data.byteLength, 4);
  return Buffer.concat([header, data]);
}

function list(type: string, ...chunks: Buffer[]): Buffer {
  return riff("LIST", Buffer.concat([Buffer.from(type, "latin1"), ...chunks]));
}

function text(content: string): Bytes {
  return new TextEncoder().encode(content);
}

function concat(...parts: Buffer[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * Returns a copy of an MP4 file whose keyframe table (`stss`, ISO/IEC 14496-12 §8.6.2) declares `keyframes`
 * entries.
 */
export function claimKeyframes(mp4: Uint8Array<ArrayBuffer>, keyframes: number): Uint8Array<ArrayBuffer> {
  const claiming = Buffer.from(mp4);
  // The count follows the name, the version and the flags.
  claiming.writeUInt32BE(keyframes, claiming.indexOf("stss") + 8);
  return new Uint8Array(claiming);
}
