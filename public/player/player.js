// The script of the page /watch/{task_id}. It polls the task, plays its stream as soon as the first segment is
// rendered, or plays the finished file. hls.js plays the stream if the browser has Media Source Extensions. Otherwise
// the browser plays it natively if it supports HLS (Safari on iPhones).

/**
 * @typedef {object} Task The fields of a task that this page reads.
 * @property {4 | 1 | -1} state
 * @property {number} progress
 * @property {string} [stage]
 * @property {string} [video_subject]
 * @property {number[]} [durations] Duration of each video in seconds.
 * @property {string[]} [videos]
 * @property {string[]} [streams]
 * @property {string[]} [posters]
 * @property {{ video: number, vtt: string }[]} [storyboards]
 * @property {{ video: number, vtt: string }[]} [subtitles]
 * @property {string} [error]
 */

/** The interval for polling an unfinished task, and for retries. */
const POLL_MILLISECONDS = 1000;

const taskId = document.body.dataset.task ?? "";
/** The query string for API requests: the signature of the page's link, or empty. */
const signature = document.body.dataset.link ?? "";
const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const video = /** @type {HTMLVideoElement} */ (element("video"));
const progress = /** @type {HTMLProgressElement} */ (element("progress"));
/** The number of the video to play, from 1. */
const videoNumber = Math.max(1, Number(new URLSearchParams(location.search).get("video") ?? 1) || 1);

/** @type {import("hls.js").default | null} */
let hls = null;
/** The URL of the file or stream that is playing, or empty. */
let playing = "";

void pollTask();

async function pollTask() {
  for (;;) {
    const task = await readTask();
    if (task === "missing" || task === "forbidden") {
      show(task === "missing" ? "There is no such video." : "The link to this video has expired.", null);
      return stop();
    }
    if (task) {
      update(task);
      if (task.state !== 4) return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** @returns {Promise<Task | "missing" | "forbidden" | null>} null if the request failed and should be retried. */
async function readTask() {
  try {
    const response = await fetch(`/api/v1/tasks/${taskId}${signature}`, { cache: "no-store" });
    if (response.status === 404) return "missing";
    if (response.status === 401 || response.status === 403) return "forbidden";
    return response.ok ? (await response.json()).data : null;
  } catch {
    return null;
  }
}

/** @param {Task} task */
function update(task) {
  document.title = task.video_subject ? `${task.video_subject} – Edgereel` : "Edgereel";
  addPosterAndTracks(task);
  const file = task.videos?.[videoNumber - 1];
  const stream = task.streams?.find((address) => isFile(address, `final-${videoNumber}.m3u8`));
  if (task.state === -1) {
    stop();
    show(`This video failed: ${task.error ?? "unknown error"}`, null);
  } else if (task.state === 1) {
    // A viewer who is watching the stream stays on it: it now has the whole video.
    if (!playing && file) playFile(file);
    show("", null);
  } else {
    if (!playing && stream) playStream(stream);
    show(
      stream
        ? `Rendering (${task.progress} %). You can already watch the first part.`
        : `Rendering: ${task.progress} %`,
      task.progress,
    );
  }
  linkOtherVideos(task.videos ?? [], task.streams ?? []);
}

/** @param {string} address */
function playFile(address) {
  playing = address;
  video.src = local(address);
}

/**
 * @param {string} address
 * @param {number} [start] Seconds.
 */
function playStream(address, start = 0) {
  playing = address;
  /** @type {typeof import("hls.js").default | undefined} */
  const Hls = /** @type {any} */ (globalThis).Hls;
  if (Hls?.isSupported()) {
    const player = new Hls({
      startPosition: start,
      // Without this, WebKit treats the end of the unfinished stream as the end of the video, and pauses.
      liveDurationInfinity: true,
      // Max seconds of buffer. By default hls.js would load up to ten minutes of a small video.
      maxMaxBufferLength: 30,
      workerPath: "/vendor/hls/hls.worker.js",
    });
    hls = player;
    player.on(Hls.Events.ERROR, (_event, { fatal, type, details, response }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError();
      else if (response?.code === 404 || details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR) {
        // After the task was planned again for another renderer, its playlists and segments have other URLs.
        void retry(() => hls === player && restartStream(address));
      } else void retry(() => hls === player && player.startLoad());
    });
    player.loadSource(local(address));
    player.attachMedia(video);
  } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
    playNatively(address);
  } else {
    // This browser cannot play HLS. The page plays the file when it is finished.
    playing = "";
  }
}

/**
 * Loads the stream again from its multivariant playlist, and resumes at the same position.
 *
 * @param {string} address
 */
function restartStream(address) {
  const { currentTime, paused } = video;
  hls?.destroy();
  playStream(address, currentTime);
  if (!paused) video.play().catch(() => {});
}

/**
 * Plays a stream with the browser's own HLS support. After an error, playback resumes at the same position.
 *
 * @param {string} address
 */
function playNatively(address) {
  let shouldPlay = false;
  video.addEventListener("play", () => {
    shouldPlay = true;
  });
  video.addEventListener("pause", () => {
    // An error also pauses the video. Only a pause without an error is the viewer's.
    if (!video.error) shouldPlay = false;
  });
  const resume = () => {
    const { currentTime } = video;
    void retry(() => {
      video.src = local(address);
      video.currentTime = currentTime;
      if (shouldPlay) video.play().catch(() => {});
    });
  };
  video.addEventListener("error", resume);
  video.addEventListener("ended", async () => {
    // Chromium's HLS player may treat the end of the unfinished stream as the end of the video.
    const { currentTime } = video;
    const task = await readTask();
    const duration = task && typeof task === "object" ? (task.durations?.[videoNumber - 1] ?? 0) : 0;
    if (!video.ended || currentTime > duration - 0.5) return;
    shouldPlay = true;
    resume();
  });
  video.src = local(address);
}

/**
 * Handles a playback error: stops if the task was deleted, otherwise retries after a pause.
 *
 * @param {() => void} again
 */
async function retry(again) {
  if ((await readTask()) === "missing") {
    stop();
    show("This video was deleted.", null);
  } else {
    setTimeout(again, POLL_MILLISECONDS);
  }
}

function stop() {
  hls?.destroy();
  hls = null;
  video.removeAttribute("src");
  video.load();
}

/**
 * Adds the poster, captions and seek previews once they exist.
 *
 * @param {Task} task
 */
function addPosterAndTracks(task) {
  const poster = task.posters?.find((each) => isFile(each, `final-${videoNumber}.jpg`));
  if (poster && !video.poster) video.poster = local(poster);
  const captions = task.subtitles?.find((each) => each.video === videoNumber)?.vtt;
  if (captions) addTrack("captions", captions, "Captions");
  const storyboard = task.storyboards?.find((each) => each.video === videoNumber)?.vtt;
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
  // media-chrome reads seek previews from a metadata track, which must be on. Captions stay off because the video
  // already shows them.
  if (kind === "metadata") track.default = true;
  video.append(track);
}

/**
 * Shows links to all videos of the task if it has more than one.
 *
 * @param {string[]} videos
 * @param {string[]} streams
 */
function linkOtherVideos(videos, streams) {
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
      if (index + 1 === videoNumber) anchor.setAttribute("aria-current", "page");
      return anchor;
    }),
  );
}

/**
 * @param {string} message
 * @param {number | null} percent null hides the progress bar.
 */
function show(message, percent) {
  element("message").textContent = message;
  progress.hidden = percent === null;
  progress.value = percent ?? 0;
  element("rendering").hidden = message === "" && percent === null;
}

/**
 * True if a URL refers to a file. Ignores the URL's query, which may have a signature.
 *
 * @param {string} address
 * @param {string} file
 */
function isFile(address, file) {
  return new URL(address, location.href).pathname.endsWith(`/${file}`);
}

/**
 * Changes a URL to this page's origin, which serves every file. The API's URLs may have the origin of PUBLIC_URL.
 *
 * @param {string} address
 */
function local(address) {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}
