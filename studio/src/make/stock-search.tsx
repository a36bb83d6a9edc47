import { useEffect, useState } from "preact/hooks";
import { send } from "../service/api.ts";
import { searchFootage } from "../service/calls.ts";
import type { StockFootage } from "../service/types.ts";
import { reasonOf } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";

/** Searches clips of stock providers, shows them with author and licence, and lets the visitor choose some. */
export function StockSearch({
  aspect,
  chosen,
  onAdd,
}: {
  aspect: string;
  chosen: readonly string[];
  onAdd: (footage: StockFootage) => void;
}) {
  const text = useText();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly StockFootage[] | null>(null);
  const [state, setState] = useState({ searching: false, problem: "" });
  const search = async () => {
    if (query.trim() === "") return;
    setState({ searching: true, problem: "" });
    try {
      const { footage, warnings } = await searchFootage(query.trim(), aspect);
      setFound(footage);
      setState({ searching: false, problem: warnings.map(({ message }) => message).join(" ") });
    } catch (error) {
      setState({ searching: false, problem: reasonOf(error) });
    }
  };
  return (
    <div class="stack">
      <search class="row">
        <input
          type="search"
          aria-label={text("stockQuery")}
          placeholder={text("stockQuery")}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Enter would send the whole form.
            event.preventDefault();
            void search();
          }}
        />
        <button type="button" disabled={state.searching || query.trim() === ""} onClick={() => void search()}>
          {text("search")}
        </button>
      </search>
      <p class={state.problem === "" ? "muted small" : "error"} aria-live="polite">
        {state.problem || text(state.searching ? "loading" : found?.length === 0 ? "nothingFound" : "stockLicence")}
      </p>
      {found && found.length > 0 && (
        <ul class="stock">
          {found.map((footage) => (
            <li key={footage.url}>
              <Thumbnail path={footage.thumbnail} />
              <span class="small">
                {footage.credit.author ?? footage.credit.provider} · {Math.round(footage.duration)} s
              </span>
              <span class="muted small">{(footage.credit.licence ?? "").replace(/ \(.*\)$/, "")}</span>
              <button
                type="button"
                disabled={chosen.includes(footage.url)}
                aria-label={text("addStock", {
                  author: footage.credit.author ?? footage.credit.provider,
                  id: footage.id,
                })}
                onClick={() => onAdd(footage)}
              >
                {text("add")}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A picture of a clip. It is fetched here, because an `img` element cannot send a key. */
function Thumbnail({ path }: { path: string | null }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (path === null) return;
    const outdated = new AbortController();
    let made = "";
    const load = async () => {
      const response = await send(path, { signal: outdated.signal });
      if (!response.ok) return;
      made = URL.createObjectURL(await response.blob());
      setAddress(made);
    };
    load().catch(() => {});
    return () => {
      outdated.abort();
      URL.revokeObjectURL(made);
    };
  }, [path]);
  return address === "" ? <div class="empty" /> : <img src={address} alt="" decoding="async" />;
}
