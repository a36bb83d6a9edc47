import type { Collection } from "../service/calls.ts";
import type { TextName } from "../text/en.ts";
import { useText } from "../text/languages.ts";
import { FileList } from "./file-list.tsx";
import { TaskGrid } from "./task-grid.tsx";
import { VoiceList } from "./voice-list.tsx";

const collections: readonly [Collection, TextName][] = [
  ["video_materials", "materials"],
  ["musics", "musics"],
  ["narrations", "narrations"],
  ["fonts", "fonts"],
  ["subtitles", "subtitleFiles"],
];

/** All tasks, uploaded files and voices. */
export function LibraryPage({ collection }: { collection: string }) {
  const text = useText();
  const tab = (name: string, label: string) => (
    <a key={name} href={`#/library${name && `/${name}`}`} aria-current={collection === name ? "page" : undefined}>
      {label}
    </a>
  );
  const files = collections.find(([name]) => name === collection);
  return (
    <div class="stack">
      <h1>{text("library")}</h1>
      <nav class="tabs" aria-label={text("library")}>
        {tab("", text("tasks"))}
        {collections.map(([name, label]) => tab(name, text(label)))}
        {tab("voices", text("voices"))}
      </nav>
      {files ? (
        <FileList key={files[0]} collection={files[0]} />
      ) : collection === "voices" ? (
        <VoiceList />
      ) : (
        <TaskGrid />
      )}
    </div>
  );
}
