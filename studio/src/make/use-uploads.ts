import { useRef, useState } from "preact/hooks";
import type { Collection } from "../service/calls.ts";
import { type Upload, uploadFile } from "../service/upload.ts";
import { reasonOf } from "../shared/use-loaded.ts";

/** An upload as the page shows it. */
export interface ShownUpload {
  id: number;
  collection: Collection;
  file: File;
  /** 0 to 1. */
  share: number;
  state: "running" | "paused" | "failed";
  reason: string;
}

/** The uploads of the page. */
export interface Uploads {
  shown: readonly ShownUpload[];
  running: number;
  start(collection: Collection, files: Iterable<File>): void;
  pause(id: number): void;
  resume(id: number): void;
  remove(id: number): void;
}

/** Uploads files side by side and tells of each one that is stored. */
export function useUploads(onStored: (collection: Collection, name: string) => void): Uploads {
  const [shown, setShown] = useState<readonly ShownUpload[]>([]);
  const uploads = useRef(new Map<number, Upload>());
  const next = useRef(0);
  const update = (id: number, fields: Partial<ShownUpload>) =>
    setShown((before) => before.map((each) => (each.id === id ? { ...each, ...fields } : each)));
  const drop = (id: number) => {
    uploads.current.delete(id);
    setShown((before) => before.filter((each) => each.id !== id));
  };
  const run = (id: number, collection: Collection, file: File) => {
    const upload = uploadFile(collection, file, (share) => update(id, { share }));
    uploads.current.set(id, upload);
    upload.stored.then(
      (stored) => {
        drop(id);
        onStored(collection, stored.file);
      },
      (error: unknown) => {
        // A paused or removed upload was stopped on purpose.
        if (uploads.current.get(id) === upload) update(id, { state: "failed", reason: reasonOf(error) });
      },
    );
  };
  const stop = (id: number) => {
    const upload = uploads.current.get(id);
    uploads.current.delete(id);
    upload?.abort();
  };
  return {
    shown,
    running: shown.filter(({ state }) => state === "running").length,
    start(collection, files) {
      for (const file of files) {
        const id = next.current++;
        setShown((before) => [...before, { id, collection, file, share: 0, state: "running", reason: "" }]);
        run(id, collection, file);
      }
    },
    pause(id) {
      stop(id);
      update(id, { state: "paused" });
    },
    resume(id) {
      const upload = shown.find((each) => each.id === id);
      if (!upload) return;
      update(id, { state: "running", reason: "" });
      run(id, upload.collection, upload.file);
    },
    remove(id) {
      stop(id);
      drop(id);
    },
  };
}
