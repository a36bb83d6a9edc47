import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { local } from "../../../public/player/local-address.js";
import { listTasks } from "../service/calls.ts";
import type { TaskData } from "../service/types.ts";
import { reasonOf } from "../shared/use-loaded.ts";
import { stageTexts, titleOf } from "../task/task-texts.ts";
import { useText } from "../text/languages.ts";
import { gridLayout, visibleItems } from "./grid-layout.ts";

/** The wait after the last letter of a search, in milliseconds. */
const SEARCH_PAUSE_MS = 250;

/** All tasks as posters, newest first. Only the cards in view are in the page, so that thousands scroll smoothly. */
export function TaskGrid() {
  const text = useText();
  const [state, setState] = useState("");
  const [search, setSearch] = useState("");
  const { tasks, total, more, failure } = useTasks(state, search);
  const filter = (value: string, label: string) => (
    <label class="choice" key={value}>
      <input type="radio" name="state" checked={state === value} onChange={() => setState(value)} />
      {label}
    </label>
  );
  return (
    <>
      <div class="row between">
        <fieldset class="segmented">
          <legend class="hidden">{text("tasks")}</legend>
          {filter("", text("allStates"))}
          {filter("4", text("inWork"))}
          {filter("1", text("ready"))}
          {filter("-1", text("notMade"))}
        </fieldset>
        <input
          type="search"
          style={{ maxWidth: "20rem" }}
          aria-label={text("search")}
          placeholder={text("search")}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        {total !== null && <span class="muted small">{text("total", { count: total })}</span>}
      </div>
      {failure !== "" && (
        <p class="error" role="alert">
          {text("somethingWrong", { reason: failure })}
        </p>
      )}
      {total === 0 && search === "" && state === "" && (
        <div class="empty">
          <p>{text("noVideos")}</p>
          <a class="button primary" href="#/">
            {text("makeFirst")}
          </a>
        </div>
      )}
      {total === 0 && (search !== "" || state !== "") && <p class="empty">{text("nothingFound")}</p>}
      <Cards tasks={tasks} more={more} />
    </>
  );
}

/** The tasks that are loaded, and a function that loads the next ones. */
function useTasks(state: string, search: string) {
  const [tasks, setTasks] = useState<TaskData[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const [failure, setFailure] = useState("");
  const position = useRef<{ cursor: string | null; busy: boolean; ended: boolean; list: object }>(null as never);
  const load = async () => {
    const at = position.current;
    if (at.busy || at.ended) return;
    at.busy = true;
    try {
      const page = await listTasks({ state, search, cursor: at.cursor });
      if (position.current !== at) return;
      at.cursor = page.next_cursor;
      at.ended = page.next_cursor === null;
      setTotal(page.total);
      setTasks((before) => [...before, ...page.tasks]);
      setFailure("");
    } catch (error) {
      setFailure(reasonOf(error));
      at.ended = true;
    } finally {
      at.busy = false;
    }
  };
  useEffect(() => {
    position.current = { cursor: null, busy: false, ended: false, list: {} };
    setTasks([]);
    setTotal(null);
    const timer = setTimeout(() => void load(), search === "" ? 0 : SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [state, search]);
  return { tasks, total, failure, more: () => void load() };
}

function Cards({ tasks, more }: { tasks: readonly TaskData[]; more: () => void }) {
  const grid = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ width: 0, top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element) return;
    const measure = () => {
      const { top, width } = element.getBoundingClientRect();
      setView({ width, top: Math.max(0, -top), height: innerHeight });
    };
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    addEventListener("scroll", measure, { passive: true });
    return () => {
      resized.disconnect();
      removeEventListener("scroll", measure);
    };
  }, []);
  const layout = gridLayout(view.width);
  const { first, last, height } = visibleItems(tasks.length, layout, view);
  const nearEnd = last >= tasks.length - layout.columns * 2;
  useEffect(() => {
    if (nearEnd && tasks.length > 0) more();
  }, [nearEnd, tasks.length]);
  return (
    <div class="grid" ref={grid} style={{ height: `${height}px` }}>
      {tasks.slice(first, last).map((task, index) => {
        const place = first + index;
        const left = (place % layout.columns) * (layout.cardWidth + layout.gap);
        const top = Math.floor(place / layout.columns) * (layout.cardHeight + layout.gap);
        const style = {
          left: `${left}px`,
          top: `${top}px`,
          width: `${layout.cardWidth}px`,
          height: `${layout.cardHeight}px`,
        };
        return <Card key={task.task_id} task={task} style={style} />;
      })}
    </div>
  );
}

function Card({ task, style }: { task: TaskData; style: Record<string, string> }) {
  const text = useText();
  const { state, stage, progress, posters } = task;
  const title = titleOf(task) || text("untitled");
  return (
    <a class="card" href={`#/tasks/${task.task_id}`} style={style}>
      <span class="picture">
        {posters[0] ? (
          <img src={local(posters[0])} alt="" loading="lazy" decoding="async" />
        ) : (
          <span>{state === 4 ? `${progress} %` : text(stageTexts[stage])}</span>
        )}
      </span>
      <span class="about">
        <strong>{title}</strong>
        <span class="row between small muted">
          <span class={state === 1 ? "badge good" : state === -1 ? "badge bad" : "badge"}>
            {text(stageTexts[stage])}
          </span>
          <time dateTime={task.created_at}>{new Date(task.created_at).toLocaleDateString()}</time>
        </span>
      </span>
    </a>
  );
}
