// The page at /watch/{task_id}: polls the task, plays its stream as soon as it can be played, and the
// finished file once there is one. hls.js plays where there are Media Source Extensions, and the
// browser itself where it knows HLS (Safari on phones).

/**
 * @typedef {object} Task What this page reads of a task; all but the first two may be missing.
 * @property {4 | 1 | -1} state
 * @property {number} progress
 * @property {string} [stage]
 * @property {string} [video_subject]
 * @property {number[]} [durations] Seconds, of each video.
 * @property {string[]} [videos]
 * @property {string[]} [streams]
 * @property {string[]} [posters]
 * @property {{ video: number, vtt: string }[]} [storyboards]
 * @property {{ video: number, vtt: string }[]} [subtitles]
 * @property {{ code: string, message: string }} [error]
 */

/** Milliseconds between two looks at a task that is being made. */
const POLL = 1000;

const taskId = document.body.dataset.task ?? "";
/** What this page's own calls need in their query: the signature of a link, or nothing. */
const link = document.body.dataset.link ?? "";
const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const video = /** @type {HTMLVideoElement} */ (element("video"));
const progress = /** @type {HTMLProgressElement} */ (element("progress"));
const chosen = Math.max(1, Number(new URLSearchParams(location.search).get("video") ?? 1) || 1);

/** @type {import("hls.js").default | null} */
let hls = null;
let playing = "";

void follow();

async function follow() {
  for (;;) {
    const task = await readTask();
    if (task === "none" || task === "closed") {
      show(task === "none" ? "There is no such video." : "The link to this video has expired.", null);
      return stop();
    }
    if (task) {
      update(task);
      if (task.state !== 4) return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

/** @returns {Promise<Task | "none" | "closed" | null>} null where the service did not answer: it is asked again. */
async function readTask() {
  try {
    const response = await fetch(`/api/v1/tasks/${taskId}${link}`, { cache: "no-store" });
    if (response.status === 404) return "none";
    if (response.status === 401 || response.status === 403) return "closed";
    return response.ok ? (await response.json()).data : null;
  } catch {
    return null;
  }
}

/** @param {Task} task */
function update(task) {
  document.title = task.video_subject ? `${task.video_subject} – Edgereel` : "Edgereel";
  decorate(task);
  const file = task.videos?.[chosen - 1];
  const stream = task.streams?.find((address) => isFile(address, `final-${chosen}.m3u8`));
  if (task.state === -1) {
    stop();
    show(`This video could not be made: ${task.error ?? "no reason is known"}`, null);
  } else if (task.state === 1) {
    // Whoever is watching the stream goes on with it: it is the whole video by now.
    if (!playing && file) playFile(file);
    show("", null);
  } else {
    if (!playing && stream) playStream(stream);
    show(
      stream ? `Being made (${task.progress} %): watch what is there` : `Being made: ${task.progress} %`,
      task.progress,
    );
  }
  offer(task.videos ?? [], task.streams ?? []);
}

/** @param {string} address */
function playFile(address) {
  playing = address;
  video.src = local(address);
}

/** @param {string} address */
function playStream(address) {
  playing = address;
  /** @type {typeof import("hls.js").default | undefined} */
  const Hls = /** @type {any} */ (globalThis).Hls;
  if (Hls?.isSupported()) {
    hls = new Hls({
      startPosition: 0,
      // WebKit takes the end of what is there for the video's end, and pauses, unless there is none yet.
      liveDurationInfinity: true,
      // Seconds ahead. As it is, ten minutes of a small video are fetched that may never be watched.
      maxMaxBufferLength: 30,
      workerPath: "/vendor/hls/hls.worker.js",
    });
    hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) hls?.recoverMediaError();
      else void retry(() => hls?.startLoad());
    });
    hls.loadSource(local(address));
    hls.attachMedia(video);
  } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
    playByItself(address);
  } else {
    // Nothing here plays a stream: the file does, once there is one.
    playing = "";
  }
}

/**
 * Has the browser play a stream, and go on after an error where it was.
 *
 * @param {string} address
 */
function playByItself(address) {
  let wanted = false;
  video.addEventListener("play", () => {
    wanted = true;
  });
  video.addEventListener("pause", () => {
    // An error pauses too, which nobody asked for.
    if (!video.error) wanted = false;
  });
  const goOn = () => {
    const { currentTime } = video;
    void retry(() => {
      video.src = local(address);
      video.currentTime = currentTime;
      if (wanted) video.play().catch(() => {});
    });
  };
  video.addEventListener("error", goOn);
  video.addEventListener("ended", async () => {
    // Chromium's own player may take the end of what there is for the end of all.
    const { currentTime } = video;
    const task = await readTask();
    const duration = task && typeof task === "object" ? (task.durations?.[chosen - 1] ?? 0) : 0;
    if (!video.ended || currentTime > duration - 0.5) return;
    wanted = true;
    goOn();
  });
  video.src = local(address);
}

/**
 * After an error: a deleted task stops, anything else is tried again.
 *
 * @param {() => void} again
 */
async function retry(again) {
  if ((await readTask()) === "none") {
    stop();
    show("This video was deleted.", null);
  } else {
    setTimeout(again, POLL);
  }
}

function stop() {
  hls?.destroy();
  hls = null;
  video.removeAttribute("src");
  video.load();
}

/**
 * Poster, captions and seek previews, as far as there are any.
 *
 * @param {Task} task
 */
function decorate(task) {
  const poster = task.posters?.find((each) => isFile(each, `final-${chosen}.jpg`));
  if (poster && !video.poster) video.poster = local(poster);
  const captions = task.subtitles?.find((each) => each.video === chosen)?.vtt;
  if (captions) addTrack("captions", captions, "Captions");
  const storyboard = task.storyboards?.find((each) => each.video === chosen)?.vtt;
  if (storyboard) addTrack("metadata", storyboard, "thumbnails");
}

/**
 * @param {"captions" | "metadata"} kind
 * @param {string} address
 * @param {string} label
 */
function addTrack(kind, address, label) {
  if (video.querySelector(`track[kind=${kind}]`)) return;
  const track = document.createElement("track");
  Object.assign(track, { kind, label, src: local(address) });
  // media-chrome reads previews from a loaded metadata track; captions are burned in, so they start off.
  if (kind === "metadata") track.default = true;
  video.append(track);
}

/**
 * Links to the task's other videos.
 *
 * @param {string[]} videos
 * @param {string[]} streams
 */
function offer(videos, streams) {
  const count = Math.max(videos.length, streams.length);
  const nav = element("videos");
  if (count < 2 || nav.childElementCount === count) return;
  nav.replaceChildren(
    ...Array.from({ length: count }, (_, index) => {
      const anchor = document.createElement("a");
      const query = new URLSearchParams(location.search);
      query.set("video", String(index + 1));
      anchor.href = `?${query}`;
      anchor.textContent = `Video ${index + 1}`;
      if (index + 1 === chosen) anchor.setAttribute("aria-current", "page");
      return anchor;
    }),
  );
}

/**
 * @param {string} message
 * @param {number | null} percent null hides the bar.
 */
function show(message, percent) {
  element("message").textContent = message;
  progress.hidden = percent === null;
  progress.value = percent ?? 0;
  element("rendering").hidden = message === "" && percent === null;
}

/**
 * Whether an address, which may carry a signature, is a file's.
 *
 * @param {string} address
 * @param {string} file
 */
function isFile(address, file) {
  return new URL(address, location.href).pathname.endsWith(`/${file}`);
}

/**
 * The address on this page's own origin, which serves every file: PUBLIC_URL may name another.
 *
 * @param {string} address
 */
function local(address) {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}
