import { crc32, deflateSync } from "node:zlib";
import { numberOf } from "./vendor.ts";

/** Makes a PNG of one colour with a lighter square in it. The colour depends on the prompt. */
export function fakePicture(prompt: string, width: number, height: number): Uint8Array {
  const shade = numberOf(prompt);
  const colour = [shade % 200, (shade >> 3) % 200, (shade >> 6) % 200];
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inSquare = Math.abs(x - width / 2) < width / 6 && Math.abs(y - height / 2) < height / 6;
      for (let part = 0; part < 3; part++) {
        rows[y * (1 + width * 3) + 1 + x * 3 + part] = (colour[part] ?? 0) + (inSquare ? 50 : 0);
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}
