import { useEffect, useRef } from "preact/hooks";
import { useText } from "../text/languages.ts";

/** Asks for an API key. The answer is empty if the visitor closes the dialog. */
export function KeyDialog({ wrong, onAnswer }: { wrong: boolean; onAnswer: (key: string) => void }) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="key-title" onCancel={() => onAnswer("")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer(input.current?.value.trim() ?? "");
        }}
      >
        <h2 id="key-title">{text("keyTitle")}</h2>
        <p>{text("keyText")}</p>
        <label class="field">
          <span>{text("keyLabel")}</span>
          <input ref={input} type="password" autocomplete="off" required aria-invalid={wrong} />
          {wrong && (
            <span class="error" role="alert">
              {text("keyWrong")}
            </span>
          )}
        </label>
        <div class="row end">
          <button type="button" class="quiet" onClick={() => onAnswer("")}>
            {text("close")}
          </button>
          <button type="submit" class="primary">
            {text("useThisKey")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
