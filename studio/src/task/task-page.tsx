import { useEffect, useState } from "preact/hooks";
import { storeDraft } from "../make/draft.ts";
import { rememberedRequest } from "../make/remembered-requests.ts";
import { fromRequest } from "../make/to-request.ts";
import { cancelTask, deleteTask, retryTask } from "../service/calls.ts";
import { followTask } from "../service/follow-task.ts";
import type { TaskData } from "../service/types.ts";
import { notify } from "../shared/notices.tsx";
import { reasonOf } from "../shared/use-loaded.ts";
import { useRemoval } from "../shared/use-removal.ts";
import { useText } from "../text/languages.ts";
import { DownloadList } from "./download-list.tsx";
import { StatusPanel } from "./status-panel.tsx";
import { titleOf } from "./task-texts.ts";

/** One task: how it goes on, its player, and what can be done with it. */
export function TaskPage({ id }: { id: string }) {
  const text = useText();
  const removeLater = useRemoval();
  const [task, setTask] = useState<TaskData | null>(null);
  const [gone, setGone] = useState(false);
  const [followed, setFollowed] = useState(0);
  useEffect(() => followTask(id, setTask, () => setGone(true)), [id, followed]);
  if (gone) {
    return (
      <div class="empty">
        <h1>{text("noTask")}</h1>
        <p>{text("noTaskText")}</p>
        <a class="button" href="#/library">
          {text("library")}
        </a>
      </div>
    );
  }
  if (!task) return <p class="muted">{text("loading")}</p>;
  const steer = (what: (id: string) => Promise<unknown>) => async () => {
    try {
      await what(id);
      setFollowed((count) => count + 1);
    } catch (error) {
      notify({ message: text("somethingWrong", { reason: reasonOf(error) }) });
    }
  };
  const remove = () => {
    removeLater(
      titleOf(task) || text("untitled"),
      () => deleteTask(id),
      () => {
        location.hash = `/tasks/${id}`;
      },
    );
    location.hash = "/library";
  };
  const request = rememberedRequest(localStorage, id);
  const makeAgain = () => {
    const draft = fromRequest(request ?? { video_subject: task.video_subject, video_script: task.script ?? "" });
    storeDraft(localStorage, draft);
    location.hash = "/";
  };
  const playable = task.streams.length > 0 || task.videos.length > 0;
  return (
    <div class="task-page">
      <h1>{titleOf(task) || text("untitled")}</h1>
      <div class="task">
        <div class="stack">{playable ? <Player task={task} /> : <Waiting task={task} />}</div>
        <div class="stack">
          <StatusPanel task={task} />
          <DownloadList task={task} />
          <div class="row">
            {task.state === 4 && (
              <button type="button" onClick={steer(cancelTask)}>
                {text("cancel")}
              </button>
            )}
            {task.state === -1 && (
              <button type="button" class="primary" onClick={steer(retryTask)}>
                {text("retry")}
              </button>
            )}
            <button type="button" onClick={makeAgain}>
              {text("makeAgain")}
            </button>
            <button
              type="button"
              onClick={async () => {
                await navigator.clipboard.writeText(task.watch);
                notify({ message: text("linkCopied") });
              }}
            >
              {text("share")}
            </button>
            <button type="button" class="quiet danger" onClick={remove}>
              {text("remove")}
            </button>
          </div>
          <Details task={task} />
        </div>
      </div>
    </div>
  );
}

/** The player of the page `/watch/{task_id}`. It plays while the task still renders. */
function Player({ task }: { task: TaskData }) {
  const text = useText();
  const [video, setVideo] = useState(1);
  const count = Math.max(task.streams.length, task.videos.length);
  const url = new URL(task.watch, location.href);
  // The same host as this page, also behind a proxy.
  const query = new URLSearchParams(url.search);
  query.set("embed", "1");
  if (video > 1) query.set("video", String(video));
  const shape = String((task.width ?? 9) / (task.height ?? 16));
  return (
    <>
      <iframe
        class="frame"
        title={text("player")}
        src={`${url.pathname}?${query}`}
        allow="fullscreen; autoplay"
        style={{ "--shape": shape }}
      />
      {count > 1 && (
        <div class="tabs">
          {Array.from({ length: count }, (_, index) => (
            <button
              type="button"
              key={String(index)}
              aria-pressed={video === index + 1}
              onClick={() => setVideo(index + 1)}
            >
              {text("videoOf", { number: index + 1 })}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** The place of the video before its first seconds are there. */
function Waiting({ task }: { task: TaskData }) {
  const text = useText();
  return (
    <div class="panel empty" style={{ minHeight: "20rem" }}>
      {task.state === 4 && <p>{text("playsSoon")}</p>}
    </div>
  );
}

function Details({ task }: { task: TaskData }) {
  const text = useText();
  const { warnings = [], materials = [], script = "" } = task;
  return (
    <>
      {warnings.length > 0 && (
        <section class="panel">
          <h2>{text("warnings")}</h2>
          <ul>
            {warnings.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </section>
      )}
      {script !== "" && (
        <details class="panel">
          <summary>{text("theScript")}</summary>
          <p style={{ whiteSpace: "pre-wrap" }}>{script}</p>
        </details>
      )}
      {materials.length > 0 && (
        <details class="panel">
          <summary>{text("credits")}</summary>
          <ul>
            {materials.map(({ author, provider, page }) => (
              <li key={`${page}${author}`}>
                {page ? (
                  <a href={page} rel="noreferrer" target="_blank">
                    {author ?? provider}
                  </a>
                ) : (
                  (author ?? provider)
                )}{" "}
                · {provider}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
