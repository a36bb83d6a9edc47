import type { Collection } from "../../../src/api/files.ts";
import type { MediaProbe, RenderFailure } from "../../../src/protocol/render-job.ts";
import { probedVideo } from "../../support/jobs.ts";
import { type Answer, call } from "./bindings.ts";

export const videoProbe: MediaProbe = {
  kind: "video",
  format: "mov,mp4,m4a,3gp,3g2,mj2",
  duration: 2,
  video: probedVideo(64, 36, 30),
  audio: null,
};
export const audioProbe: MediaProbe = {
  kind: "audio",
  format: "mp3",
  duration: 4,
  video: null,
  audio: { codec: "mp3" },
};

/** The stand-in renderer's answers for an upload. */
export interface StandInFile {
  probe: MediaProbe;
  /** The rendered bytes in Base64, by the job's number of frames or samples. */
  renders?: Record<number, string>;
  failure?: Omit<RenderFailure, "ok">;
  /** Makes two uploads differ. */
  note?: string;
}

/** The body of an upload. */
export function standInFile(file: StandInFile = { probe: videoProbe }): string {
  return JSON.stringify(file);
}

export interface UploadedFile {
  name: string;
  size: number;
  file: string;
}

/** Uploads a file through the API. */
export function upload(
  collection: Collection,
  name: string,
  body: string | Uint8Array<ArrayBuffer> = standInFile(),
): Promise<Answer<UploadedFile>> {
  const form = new FormData();
  form.append("file", new File([body], name));
  return call(`/api/v1/${collection}`, { method: "POST", body: form });
}
