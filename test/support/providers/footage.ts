import { readFileSync } from "node:fs";
import { fakePicture } from "./picture.ts";
import { numberOf, type ProviderAnswer, type ProviderRequest } from "./vendor.ts";

const samples = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"] as const;

/** The answer to a request for a clip's file: one of the sample clips, whatever size its address claims, or a thumbnail. */
export function clipFile({ method, path }: ProviderRequest): ProviderAnswer | null {
  if (method !== "GET" || !path.startsWith("/files/")) return null;
  if (path.endsWith(".png")) return { status: 200, body: fakePicture(path, 64, 64), mediaType: "image/png" };
  const name = samples[numberOf(path) % samples.length] ?? samples[0];
  const body = readFileSync(new URL(`../../../samples/${name}`, import.meta.url));
  return { status: 200, body, mediaType: "video/mp4" };
}

/** The numbers of the clips on a page of a search: different ones for different terms. */
export function clipIds(term: string, page: number): number[] {
  const first = numberOf(term) * 10 + (page - 1) * 4;
  return [first, first + 1, first + 2, first + 3];
}
