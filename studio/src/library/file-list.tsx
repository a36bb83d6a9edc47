import { useState } from "preact/hooks";
import { FileButton, UploadList } from "../make/upload-list.tsx";
import { useUploads } from "../make/use-uploads.ts";
import { type Collection, deleteFile, listFiles } from "../service/calls.ts";
import { Icon } from "../shared/icons.tsx";
import { useLoaded } from "../shared/use-loaded.ts";
import { useRemoval } from "../shared/use-removal.ts";
import { useText } from "../text/languages.ts";

const ACCEPT: Record<Collection, string> = {
  video_materials: "video/*,image/*,.mkv,.flv,.ts,.mts",
  musics: "audio/*",
  narrations: "audio/*,video/*",
  fonts: ".ttf,.otf,.ttc",
  subtitles: ".srt,.vtt",
};

/** The uploaded files of a collection. */
export function FileList({ collection }: { collection: Collection }) {
  const text = useText();
  const [files, reload] = useLoaded(() => listFiles(collection), [collection]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const uploads = useUploads(reload);
  const removeLater = useRemoval();
  const remove = (name: string) => {
    setRemoved((names) => [...names, name]);
    removeLater(
      name,
      () => deleteFile(collection, name).then(reload),
      () => setRemoved((names) => names.filter((each) => each !== name)),
    );
  };
  const shown = files.state === "loaded" ? files.value.filter(({ file }) => !removed.includes(file)) : [];
  return (
    <section class="panel">
      <div class="row">
        <FileButton
          label={text("upload")}
          accept={ACCEPT[collection]}
          onFiles={(chosen) => uploads.start(collection, chosen)}
        />
      </div>
      <UploadList uploads={uploads} collection={collection} />
      {files.state === "failed" && (
        <p class="error" role="alert">
          {text("somethingWrong", { reason: files.reason })}
        </p>
      )}
      {files.state === "loaded" && shown.length === 0 && <p class="muted">{text("noFiles")}</p>}
      <ul class="list" style={{ maxHeight: "none" }}>
        {shown.map(({ file, size }) => (
          <li key={file}>
            <span class="name" title={file}>
              {file}
            </span>
            <span class="muted small">{formatSize(size)}</span>
            <button type="button" class="icon" aria-label={`${text("remove")}: ${file}`} onClick={() => remove(file)}>
              <Icon name="remove" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A number of bytes for readers. */
function formatSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
