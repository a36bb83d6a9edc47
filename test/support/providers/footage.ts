import { readFileSync } from "node:fs";
import { numberOf, type ProviderAnswer, type ProviderRequest } from "./vendor.ts";

const samples = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"] as const;

/** The answer to a request for a clip's file: one of the sample clips, whatever size its address claims. */
export function clipFile({ method, path }: ProviderRequest): ProviderAnswer | null {
  if (method !== "GET" || !path.startsWith("/files/")) return null;
  const name = samples[numberOf(path) % samples.length] ?? samples[0];
  const body = readFileSync(new URL(`../../../samples/${name}`, import.meta.url));
  return { status: 200, body, mediaType: "video/mp4" };
}

/** The numbers of the clips on a page of a search: different ones for different terms. */
export function clipIds(term: string, page: number): number[] {
  const first = numberOf(term) * 10 + (page - 1) * 4;
  return [first, first + 1, first + 2, first + 3];
}
