// The script of the page /watch/{task_id}. It polls the task, plays its stream as soon as the first segment is
// rendered, or plays the finished file.
import { local } from "./local-address.js";
import { isPlaying, onDeleted, playFile, playStream, stop } from "./playback.js";
import { downloadName, failureText, formatLength, statusOf } from "./status.js";
import { isFile, readTask, videoNumber } from "./task.js";

/** @typedef {import("./status.js").Task} Task */

/** The interval for polling an unfinished task. */
const POLL_MILLISECONDS = 1000;

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const video = /** @type {HTMLVideoElement} */ (element("video"));
const progress = /** @type {HTMLProgressElement} */ (element("progress"));

onDeleted(() => showEnd("This video was deleted", "It can no longer be watched."));
void pollTask();

async function pollTask() {
  for (;;) {
    const task = await readTask();
    if (task === "missing" || task === "forbidden") {
      stop();
      if (task === "missing") showEnd("There is no such video", "It was deleted, or its address is wrong.");
      else showEnd("The link to this video has expired", "Ask whoever sent it for a new one.");
      return;
    }
    if (task) {
      update(task);
      if (task.state !== 4) return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** @param {Task} task */
function update(task) {
  describe(task);
  addPosterAndTracks(task);
  linkOtherVideos(task.videos ?? [], task.streams ?? []);
  // A task without the output `final` has only the other file.
  const file =
    task.videos?.[videoNumber - 1] ?? (task.state === 1 ? task.combined_videos?.[videoNumber - 1] : undefined);
  const stream = task.streams?.find((address) => isFile(address, `final-${videoNumber}.m3u8`));
  if (task.state === -1) {
    stop();
    showFailure(task);
    return;
  }
  if (task.state === 1 && !file) return showEnd("There is no such video", "This task has other videos.");
  // A viewer who is watching the stream stays on it: it now has the whole video.
  if (!isPlaying() && file) playFile(file);
  else if (!isPlaying() && stream) playStream(stream);
  if (file) offerDownload(file, task.video_subject ?? "");
  element("player").toggleAttribute("playable", isPlaying());
  // The duration of a stream is infinite until it is complete.
  showStatus(statusOf(task, !isPlaying() ? "nothing" : Number.isFinite(video.duration) ? "whole" : "part"));
}

/**
 * Shows the title, the length and the size. The player gets the video's shape.
 *
 * @param {Task} task
 */
function describe({ video_subject: title, width, height, durations }) {
  document.title = title ? `${title} – Edgereel` : "Edgereel";
  element("title").textContent = title ?? "";
  element("title").hidden = !title;
  const length = durations?.[videoNumber - 1];
  const facts = [length ? formatLength(length) : "", width && height ? `${width} × ${height}` : ""];
  element("facts").textContent = facts.filter((fact) => fact !== "").join(" · ");
  if (!width || !height) return;
  element("player").hidden = false;
  element("player").style.setProperty("--shape", String(width / height));
}

/**
 * @param {string} address
 * @param {string} title
 */
function offerDownload(address, title) {
  const link = /** @type {HTMLAnchorElement} */ (element("download"));
  link.href = local(address);
  link.download = downloadName(title, videoNumber);
  link.hidden = false;
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

/** @param {import("./status.js").Status} status */
function showStatus({ message, percent }) {
  element("message").textContent = message;
  progress.hidden = percent === null;
  progress.value = percent ?? 0;
  element("rendering").hidden = message === "" && percent === null;
}

/**
 * Shows why the video was not made: first in words for viewers, then the code and the message for whoever made it.
 *
 * @param {Task} task
 */
function showFailure(task) {
  showEnd("This video was not made", failureText(task));
  element("code").textContent = task.failure?.code ?? "";
  element("reason").textContent = task.failure?.message ?? task.error ?? "";
  element("details").hidden = false;
}

/**
 * Shows that there is nothing to watch, in place of the player.
 *
 * @param {string} heading
 * @param {string} text
 */
function showEnd(heading, text) {
  showStatus({ message: "", percent: null });
  element("player").hidden = true;
  element("download").hidden = true;
  element("end-heading").textContent = heading;
  element("end-text").textContent = text;
  element("end").hidden = false;
}
