import type { ComponentChildren } from "preact";
import { type Collection, listFiles } from "../service/calls.ts";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { FileButton, UploadList } from "./upload-list.tsx";
import type { Uploads } from "./use-uploads.ts";

/** Chooses one uploaded file of a collection, or uploads one. `children` are the options before the files. */
export function StoredFileField({
  collection,
  value,
  onValue,
  uploads,
  accept,
  uploadLabel,
  children,
  ...select
}: {
  collection: Collection;
  value: string;
  onValue: (value: string) => void;
  uploads: Uploads;
  accept: string;
  uploadLabel: string;
  children: ComponentChildren;
  id?: string;
  "aria-label"?: string;
}) {
  const [stored] = useLoaded(() => listFiles(collection), [value]);
  return (
    <>
      <div class="row">
        <select {...select} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {children}
          {valueOr(stored, []).map(({ file }) => (
            <option key={file} value={file}>
              {file}
            </option>
          ))}
        </select>
        <FileButton
          label={uploadLabel}
          accept={accept}
          onFiles={(files) => uploads.start(collection, files.slice(0, 1))}
        />
      </div>
      <UploadList uploads={uploads} collection={collection} />
    </>
  );
}
