import { useEffect, useState } from "preact/hooks";
import { listFiles } from "../service/calls.ts";
import type { Credit } from "../service/types.ts";
import { Icon } from "../shared/icons.tsx";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { LOCAL } from "./draft.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { StockSearch } from "./stock-search.tsx";
import { FileButton, UploadList } from "./upload-list.tsx";
import type { Uploads } from "./use-uploads.ts";

const ACCEPT = "video/*,image/*,.mkv,.flv,.ts,.mts";
/** Clips that come with the service, for a first try. */
const SAMPLES = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"];
/** Names of providers for readers. */
const PROVIDERS: Record<string, string> = { pexels: "Pexels", pixabay: "Pixabay", coverr: "Coverr" };

/** Where the pictures come from. */
export function MaterialsPanel({
  draft,
  change,
  errors,
  footage,
  pictures,
  uploads,
}: PanelProps & { footage: readonly string[]; pictures: readonly string[]; uploads: Uploads }) {
  const text = useText();
  useDroppedFiles((files) => {
    change({ footage: LOCAL });
    uploads.start("video_materials", files);
  });
  const sources = [...footage, ...(pictures.length > 0 ? ["image"] : [])];
  return (
    <section class="panel">
      <h2>{text("footage")}</h2>
      {sources.length > 0 && (
        <label class="field">
          <span class="hidden">{text("footageFrom")}</span>
          <select value={draft.footage} onChange={(event) => change({ footage: event.currentTarget.value })}>
            <option value={LOCAL}>{text("fromMyFiles")}</option>
            {sources.map((source) => (
              <option key={source} value={source}>
                {source === "image"
                  ? text("fromPictures")
                  : text("fromProvider", { provider: PROVIDERS[source] ?? source })}
              </option>
            ))}
          </select>
        </label>
      )}
      <FieldError errors={errors} name="video_source" />
      {draft.footage === LOCAL && (
        <OwnMaterials draft={draft} change={change} uploads={uploads} canSearch={footage.length > 0} />
      )}
      <FieldError errors={errors} name="video_materials" />
    </section>
  );
}

function OwnMaterials({
  draft,
  change,
  uploads,
  canSearch,
}: Omit<PanelProps, "errors"> & { uploads: Uploads; canSearch: boolean }) {
  const text = useText();
  const { materials } = draft;
  const [adding, setAdding] = useState(false);
  const [searching, setSearching] = useState(false);
  const [link, setLink] = useState("");
  const [stored] = useLoaded(() => listFiles("video_materials"), [materials.length]);
  const others = valueOr(stored, []).filter(({ file }) => !materials.includes(file));
  const set = (list: string[]) => change({ materials: list });
  const addLink = () => {
    if (!URL.canParse(link)) return;
    set([...materials, link]);
    setLink("");
    setAdding(false);
  };
  const useSamples = async () => {
    const files = await Promise.all(
      SAMPLES.map(async (name) => new File([await (await fetch(`/vendor/samples/${name}`)).blob()], name)),
    );
    uploads.start("video_materials", files);
  };
  return (
    <>
      {materials.length === 0 && uploads.running === 0 && <p class="muted">{text("noMaterials")}</p>}
      {materials.length > 0 && (
        <ol class="list">
          {materials.map((name, index) => (
            <li key={name}>
              <span class="name" title={name}>
                {shownName(name, draft.credits[name])}
              </span>
              {index > 0 && (
                <button
                  type="button"
                  class="icon"
                  aria-label={text("moveUp", { name })}
                  onClick={() => set(materials.toSpliced(index, 1).toSpliced(index - 1, 0, name))}
                >
                  <Icon name="up" />
                </button>
              )}
              <button
                type="button"
                class="icon"
                aria-label={text("removeMaterial", { name })}
                onClick={() => set(materials.toSpliced(index, 1))}
              >
                <Icon name="remove" />
              </button>
            </li>
          ))}
        </ol>
      )}
      <UploadList uploads={uploads} collection="video_materials" />
      <div class="row">
        <FileButton
          label={text("addFiles")}
          accept={ACCEPT}
          onFiles={(files) => uploads.start("video_materials", files)}
        />
        <button type="button" onClick={() => setAdding(!adding)} aria-expanded={adding}>
          {text("addLink")}
        </button>
        {canSearch && (
          <button type="button" onClick={() => setSearching(!searching)} aria-expanded={searching}>
            {text("searchStock")}
          </button>
        )}
        {materials.length === 0 && (
          <button type="button" onClick={() => void useSamples()}>
            {text("useSamples")}
          </button>
        )}
        <span class="muted small">{text("dropHere")}</span>
      </div>
      {adding && (
        <div class="row">
          <input
            type="url"
            aria-label={text("linkLabel")}
            placeholder="https://"
            value={link}
            onInput={(event) => setLink(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              addLink();
            }}
          />
          <button type="button" disabled={!URL.canParse(link)} onClick={addLink}>
            {text("add")}
          </button>
        </div>
      )}
      {searching && (
        <StockSearch
          aspect={draft.aspect}
          chosen={materials}
          onAdd={({ url, credit }) =>
            change({ materials: [...materials, url], credits: { ...draft.credits, [url]: credit } })
          }
        />
      )}
      {others.length > 0 && (
        <details>
          <summary>{text("fromLibrary")}</summary>
          <ul class="list">
            {others.map(({ file }) => (
              <li key={file}>
                <span class="name" title={file}>
                  {file}
                </span>
                <button
                  type="button"
                  class="quiet"
                  aria-label={`${text("add")}: ${file}`}
                  onClick={() => set([...materials, file])}
                >
                  {text("add")}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** A material's name for readers: that of its author and provider, if it was found. */
function shownName(name: string, credit: Credit | undefined): string {
  if (!credit) return name;
  const provider = PROVIDERS[credit.provider] ?? credit.provider;
  return [provider, credit.author, credit.term].filter((part) => part).join(" · ");
}

/** Takes files that are dropped anywhere on the page. */
function useDroppedFiles(onFiles: (files: File[]) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) document.body.classList.remove("dropping");
    };
    const drop = (event: DragEvent) => {
      document.body.classList.remove("dropping");
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  });
}
