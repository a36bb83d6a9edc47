import { useEffect, useState } from "preact/hooks";

/** A short message at the edge of the page, with at most one thing to do. */
export interface Notice {
  message: string;
  action?: { label: string; run: () => void };
}

/** How long a notice stays, in milliseconds. */
export const NOTICE_MS = 7_000;

let show: (notice: Notice) => void = () => {};

/** Shows a notice. A new one takes the place of the one before. */
export function notify(notice: Notice): void {
  show(notice);
}

/** The place of the notices. */
export function Notices() {
  const [notice, setNotice] = useState<Notice | null>(null);
  show = setNotice;
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notices" role="status" aria-live="polite">
      {notice && (
        <div class="notice">
          <span>{notice.message}</span>
          {notice.action && (
            <button
              type="button"
              onClick={() => {
                notice.action?.run();
                setNotice(null);
              }}
            >
              {notice.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
