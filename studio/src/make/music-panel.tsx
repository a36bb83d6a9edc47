import { listFiles } from "../service/calls.ts";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { FileButton, UploadList } from "./upload-list.tsx";
import type { Uploads } from "./use-uploads.ts";

/** The background music. */
export function MusicPanel({ draft, change, errors, uploads }: PanelProps & { uploads: Uploads }) {
  const text = useText();
  const [stored] = useLoaded(() => listFiles("musics"), [draft.music]);
  return (
    <section class="panel">
      <h2>
        <label for="music">{text("music")}</label>
      </h2>
      <div class="row">
        <select id="music" value={draft.music} onChange={(event) => change({ music: event.currentTarget.value })}>
          <option value="">{text("noMusic")}</option>
          <option value="random">{text("randomMusic")}</option>
          {valueOr(stored, []).map(({ file }) => (
            <option key={file} value={file}>
              {file}
            </option>
          ))}
        </select>
        <FileButton
          label={text("addMusic")}
          accept="audio/*"
          onFiles={(files) => uploads.start("musics", files.slice(0, 1))}
        />
      </div>
      <UploadList uploads={uploads} collection="musics" />
      <FieldError errors={errors} name="bgm_file" />
    </section>
  );
}
