import { formatLength } from "../../../public/player/status.js";
import type { TaskData } from "../service/types.ts";
import { useText } from "../text/languages.ts";
import { stageTexts } from "./task-texts.ts";

/** How far a task is, how long it still takes, or why it failed. */
export function StatusPanel({ task }: { task: TaskData }) {
  const text = useText();
  const { stage, state, progress, eta_seconds: left, durations, width, height } = task;
  const facts = [
    durations[0] ? formatLength(durations[0]) : "",
    width && height ? `${width} × ${height}` : "",
    task.voice?.id ?? "",
  ].filter((fact) => fact !== "");
  return (
    <section class="panel" aria-live="polite">
      <div class="row between">
        <h2>
          <span class={state === 1 ? "badge good" : state === -1 ? "badge bad" : "badge"}>
            {text(stageTexts[stage])}
          </span>
        </h2>
        {state === 4 && (
          <span class="muted small">
            {progress} %
            {left !== null &&
              ` · ${left < 90 ? text("secondsLeft", { seconds: left }) : text("minutesLeft", { minutes: Math.round(left / 60) })}`}
          </span>
        )}
      </div>
      {state === 4 && <progress max={100} value={progress} aria-label={text(stageTexts[stage])} />}
      {task.failure && stage === "failed" && (
        <div>
          <p class="error">{task.failure.message}</p>
          <p class="muted small">
            {text("whyFailed")}: <code>{task.failure.code}</code>
          </p>
        </div>
      )}
      {facts.length > 0 && <p class="muted small">{facts.join(" · ")}</p>}
    </section>
  );
}
