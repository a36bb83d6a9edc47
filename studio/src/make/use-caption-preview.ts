import { useEffect, useRef, useState } from "preact/hooks";
import { ServiceError } from "../service/api.ts";
import { previewCaptions } from "../service/calls.ts";
import { reasonOf } from "../shared/use-loaded.ts";

/** A preview of captions as the page shows it. */
export interface CaptionPreview {
  /** The address of the last video; empty before the first one. It stays while the next one is rendered. */
  video: string;
  loading: boolean;
  /** Why there is no newer video; empty if nothing is wrong. */
  reason: string;
}

/** A change waits for the next one this long, in milliseconds. */
const DEBOUNCE_MS = 350;
/** A service without a free renderer is asked again after this time, in milliseconds, this many times. */
const BUSY = { waitMs: 3_000, tries: 5 };

/**
 * Has the service render a preview, and again after each change. A request that is outdated by a change is cancelled.
 *
 * @param body see {@link previewRequest}; null for no preview.
 */
export function useCaptionPreview(body: object | null): CaptionPreview {
  const [preview, setPreview] = useState<CaptionPreview>({ video: "", loading: false, reason: "" });
  const shown = useRef("");
  const wanted = body === null ? "" : JSON.stringify(body);
  useEffect(() => {
    if (wanted === "") return;
    const outdated = new AbortController();
    const { signal } = outdated;
    const update = (fields: Partial<CaptionPreview>) => {
      if (!signal.aborted) setPreview((before) => ({ ...before, ...fields }));
    };
    update({ loading: true, reason: "" });
    const load = async () => {
      for (let tries = 1; !signal.aborted; tries++) {
        try {
          const video = URL.createObjectURL(await previewCaptions(JSON.parse(wanted), signal));
          if (signal.aborted) return URL.revokeObjectURL(video);
          if (shown.current !== "") URL.revokeObjectURL(shown.current);
          shown.current = video;
          return update({ video, loading: false });
        } catch (error) {
          const busy = error instanceof ServiceError && error.status === 503 && tries < BUSY.tries;
          if (!busy) return update({ loading: false, reason: reasonOf(error) });
          await new Promise((resolve) => setTimeout(resolve, BUSY.waitMs));
        }
      }
    };
    const timer = setTimeout(() => void load(), DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  }, [wanted]);
  useEffect(() => () => URL.revokeObjectURL(shown.current), []);
  return preview;
}
