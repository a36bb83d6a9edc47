import { local } from "../../../public/player/local-address.js";
import type { TaskData } from "../service/types.ts";
import { useText } from "../text/languages.ts";
import { fileName } from "./task-texts.ts";

/** The files of a finished task. */
export function DownloadList({ task }: { task: TaskData }) {
  const text = useText();
  if (task.state !== 1) return null;
  const item = (label: string, url: string) => (
    <li key={url}>
      <span class="name">{label}</span>
      <a href={downloadOf(url)} download={fileName(url)}>
        {fileName(url)}
      </a>
    </li>
  );
  return (
    <section class="panel">
      <h2>{text("downloads")}</h2>
      <ul class="list">
        {task.videos.map((url) => item(text("videoFile"), url))}
        {task.subtitles.flatMap(({ srt, vtt }) => [item(text("captionFile"), srt), item(text("captionFile"), vtt)])}
        {task.posters.map((url) => item(text("poster"), url))}
        {task.audio_file && item(text("narrationFile"), task.audio_file)}
        {task.combined_videos.map((url) => item(text("videoWithoutSound"), url))}
      </ul>
    </section>
  );
}

/** The address that sends a file as an attachment. */
function downloadOf(url: string): string {
  return local(url).replace("/api/v1/stream/", "/api/v1/download/");
}
