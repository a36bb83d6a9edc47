import { useText } from "../text/languages.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { StoredFileField } from "./stored-file-field.tsx";
import type { Uploads } from "./use-uploads.ts";

/** The background music. */
export function MusicPanel({ draft, change, errors, uploads }: PanelProps & { uploads: Uploads }) {
  const text = useText();
  return (
    <section class="panel">
      <h2>
        <label for="music">{text("music")}</label>
      </h2>
      <StoredFileField
        collection="musics"
        id="music"
        value={draft.music}
        onValue={(music) => change({ music })}
        uploads={uploads}
        accept="audio/*"
        uploadLabel={text("addMusic")}
      >
        <option value="">{text("noMusic")}</option>
        <option value="random">{text("randomMusic")}</option>
      </StoredFileField>
      <FieldError errors={errors} name="bgm_file" />
    </section>
  );
}
