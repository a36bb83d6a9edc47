// Plays a file or a stream in the page's video element.
import { local } from "./local-address.js";
import { stallDetector, wayOutOfStall } from "./stalls.js";
import { readTask, videoNumber } from "./task.js";

/** The wait before playback is tried again after an error. */
const RETRY_MILLISECONDS = 1000;
/** How long a video that is meant to play may stand still. */
const STALL_MILLISECONDS = 4000;

const video = /** @type {HTMLVideoElement} */ (document.getElementById("video"));

/** @type {import("hls.js").default | null} */
let hls = null;
/** The URL of the file or stream that is playing, or empty. */
let playing = "";
/** Called when the task turns out to be deleted. */
let deleted = () => {};

/** Whether a file or stream is playing, or loaded for playing. */
export function isPlaying() {
  return playing !== "";
}

/** @param {() => void} listener is called when playback ends because the task was deleted. */
export function onDeleted(listener) {
  deleted = listener;
}

/**
 * Plays a finished file.
 *
 * @param {string} address
 */
export function playFile(address) {
  playing = address;
  video.src = local(address);
}

/**
 * Plays a stream, also while it grows. hls.js plays it if the browser has Media Source Extensions. Otherwise the browser
 * plays it natively if it supports HLS (Safari on iPhones).
 *
 * @param {string} address
 * @param {number} [start] Seconds.
 */
export function playStream(address, start = 0) {
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
 * Plays a stream with the browser's own HLS support. After an error, and after a stall once there is more to play, playback
 * resumes at the same position.
 *
 * @param {string} address
 */
function playNatively(address) {
  let shouldPlay = false;
  let loadedSegments = 0;
  let reloading = false;
  video.addEventListener("play", () => {
    shouldPlay = true;
  });
  video.addEventListener("pause", () => {
    // An error also pauses the video. Only a pause without an error is the viewer's.
    if (!video.error) shouldPlay = false;
  });
  const resume = (source = address) => {
    if (reloading) return;
    reloading = true;
    // An element without a source is at 0.
    const { currentTime } = video;
    void retry(() => {
      reloading = false;
      playing = source;
      video.src = local(source);
      video.currentTime = currentTime;
      if (shouldPlay) video.play().catch(() => {});
    });
  };
  const goOn = async () => {
    const { currentTime } = video;
    const task = await readTask();
    if (!task || typeof task !== "object") return;
    const duration = task.durations?.[videoNumber - 1] ?? Number.POSITIVE_INFINITY;
    // Meanwhile, the video may have gone on by itself, or the viewer may have paused it.
    if (video.currentTime !== currentTime || !(video.ended || shouldPlay)) return;
    if (task.state === -1 || currentTime > duration - 0.5) return;
    const { source, reload } = wayOutOfStall(task, videoNumber, loadedSegments);
    if (!reload) return;
    loadedSegments = task.segments?.finished ?? 0;
    shouldPlay = true;
    resume(source ?? address);
  };
  video.addEventListener("error", () => resume());
  // Chromium's HLS player may treat the end of the unfinished stream as the end of the video. It may also stop there without
  // any event, and not go on when the stream has grown.
  video.addEventListener("ended", () => void goOn());
  const stalled = stallDetector(STALL_MILLISECONDS);
  setInterval(() => {
    if (stalled(performance.now(), video.currentTime, shouldPlay && playing !== "" && !reloading)) void goOn();
  }, RETRY_MILLISECONDS);
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
    deleted();
  } else {
    setTimeout(again, RETRY_MILLISECONDS);
  }
}

/** Ends playback. */
export function stop() {
  hls?.destroy();
  hls = null;
  playing = "";
  video.removeAttribute("src");
  video.load();
}
