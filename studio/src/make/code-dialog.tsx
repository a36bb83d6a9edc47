import { useEffect, useRef, useState } from "preact/hooks";
import { hasKey } from "../service/api.ts";
import { useText } from "../text/languages.ts";
import { codeSnippet, type SnippetKind, snippetKinds } from "./code-snippets.ts";

/** Shows a request as code that can be copied. */
export function CodeDialog({ request, onClose }: { request: object; onClose: () => void }) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [kind, setKind] = useState<SnippetKind>("curl");
  const [copied, setCopied] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const code = codeSnippet(kind, request, location.origin, hasKey());
  return (
    <dialog ref={dialog} class="wide" onClose={onClose} aria-labelledby="code-title">
      <div class="stack">
        <h2 id="code-title">{text("copyAs")}</h2>
        <fieldset class="segmented">
          <legend class="hidden">{text("copyAs")}</legend>
          {snippetKinds.map((each) => (
            <label class="choice" key={each}>
              <input type="radio" name="snippet" checked={kind === each} onChange={() => setKind(each)} />
              {each}
            </label>
          ))}
        </fieldset>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code scrolls, also by keyboard. */}
        <pre tabIndex={0}>{code}</pre>
        <div class="row end">
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            {text("close")}
          </button>
          <button
            type="button"
            class="primary"
            onClick={async () => {
              await navigator.clipboard.writeText(code);
              setCopied(true);
            }}
          >
            {text(copied ? "copied" : "copy")}
          </button>
        </div>
      </div>
    </dialog>
  );
}
