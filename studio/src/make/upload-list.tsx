import type { Collection } from "../service/calls.ts";
import { Icon } from "../shared/icons.tsx";
import { useText } from "../text/languages.ts";
import type { Uploads } from "./use-uploads.ts";

/** The uploads of a collection that are not finished. */
export function UploadList({ uploads, collection }: { uploads: Uploads; collection: Collection }) {
  const text = useText();
  const shown = uploads.shown.filter((each) => each.collection === collection);
  if (shown.length === 0) return null;
  return (
    <ul class="list">
      {shown.map(({ id, file, share, state, reason }) => (
        <li key={id}>
          <div class="name">
            <span class={state === "failed" ? "error" : "small"} role={state === "failed" ? "alert" : undefined}>
              {state === "failed"
                ? text("uploadFailed", { name: file.name, reason })
                : text("uploading", { name: file.name, percent: Math.floor(share * 100) })}
            </span>
            {state !== "failed" && <progress value={share} max={1} aria-label={file.name} />}
          </div>
          {state === "running" && (
            <button type="button" class="quiet" onClick={() => uploads.pause(id)}>
              {text("pause")}
            </button>
          )}
          {state !== "running" && (
            <button type="button" class="quiet" onClick={() => uploads.resume(id)}>
              {text(state === "paused" ? "resume" : "tryAgain")}
            </button>
          )}
          <button
            type="button"
            class="icon"
            onClick={() => uploads.remove(id)}
            aria-label={`${text("stopUpload")}: ${file.name}`}
          >
            <Icon name="remove" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A button that opens the browser's choice of files. */
export function FileButton({
  label,
  accept,
  onFiles,
}: {
  label: string;
  accept: string;
  onFiles: (files: File[]) => void;
}) {
  const choose = () => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", multiple: true, accept });
    input.onchange = () => onFiles([...(input.files ?? [])]);
    input.click();
  };
  return (
    <button type="button" onClick={choose}>
      {label}
    </button>
  );
}
