import { useEffect, useState } from "preact/hooks";
import { LibraryPage } from "./library/library-page.tsx";
import { MakePage } from "./make/make-page.tsx";
import { hasKey, onKeyNeeded, setKey } from "./service/api.ts";
import { KeyDialog } from "./shared/key-dialog.tsx";
import { Notices } from "./shared/notices.tsx";
import { TaskPage } from "./task/task-page.tsx";
import { LanguageContext, languages, preferredLanguage, storeLanguage, useText } from "./text/languages.ts";

/** The part of the address after `#`, as a path. */
function usePath(): string {
  const read = () => location.hash.replace(/^#/, "") || "/";
  const [path, setPath] = useState(read);
  useEffect(() => {
    const changed = () => setPath(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return path;
}

/** The whole page. */
export function App() {
  const [language, setLanguage] = useState(preferredLanguage);
  const [asked, setAsked] = useState<{ wrong: boolean; answer: (key: string) => void } | null>(null);
  useEffect(() => {
    let open: Promise<string> | null = null;
    onKeyNeeded((wrong) => {
      // Calls that are refused at the same time wait for one dialog.
      open ??= new Promise<string>((resolve) =>
        setAsked({
          wrong,
          answer: (key) => {
            open = null;
            setAsked(null);
            resolve(key);
          },
        }),
      );
      return open;
    });
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (tag: string) => {
    storeLanguage(tag);
    setLanguage(tag);
  };
  return (
    <LanguageContext.Provider value={language}>
      <Page language={language} onLanguage={choose} />
      {asked && <KeyDialog wrong={asked.wrong} onAnswer={asked.answer} />}
      <Notices />
    </LanguageContext.Provider>
  );
}

function Page({ language, onLanguage }: { language: string; onLanguage: (tag: string) => void }) {
  const text = useText();
  const path = usePath();
  const [, room = "", name = ""] = path.split("/");
  const taskId = room === "tasks" ? name : "";
  useEffect(() => scrollTo(0, 0), [path]);
  const link = (href: string, label: string, current: boolean) => (
    <a href={href} aria-current={current ? "page" : undefined}>
      {label}
    </a>
  );
  return (
    <>
      <header class="top">
        <a class="brand" href="#/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="currentColor" />
            <path d="M12 9.5v13l11-6.5z" fill="var(--page)" />
          </svg>
          Edgereel
        </a>
        <nav>
          {link("#/", text("make"), room === "")}
          {link("#/library", text("library"), room === "library" || taskId !== "")}
        </nav>
        <div class="end">
          <a href="/docs">{text("apiReference")}</a>
          {hasKey() && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                setKey("");
                location.reload();
              }}
            >
              {text("forgetKey")}
            </button>
          )}
          <label>
            <span class="hidden">{text("language")}</span>
            <select value={language} onChange={(event) => onLanguage(event.currentTarget.value)}>
              {languages.map(({ tag, name: own }) => (
                <option key={tag} value={tag} lang={tag}>
                  {own}
                </option>
              ))}
            </select>
          </label>
        </div>
      </header>
      <main>
        {taskId !== "" ? (
          <TaskPage key={taskId} id={taskId} />
        ) : room === "library" ? (
          <LibraryPage collection={name} />
        ) : (
          <MakePage />
        )}
      </main>
    </>
  );
}
