// Notices that a video does not get on.

/**
 * Returns a function that is called now and then with the time and position. It answers true if the video is meant to play,
 * but has not moved for too long; and then not again before the same time has passed.
 *
 * @param {number} limit how long a video may stand still, in milliseconds.
 * @returns {(now: number, position: number, meantToPlay: boolean) => boolean} `now` in milliseconds, `position` in seconds.
 */
export function stallDetector(limit) {
  let since = 0;
  let last = Number.NaN;
  return (now, position, meantToPlay) => {
    if (!meantToPlay || position !== last) {
      last = position;
      since = now;
      return false;
    }
    if (now - since < limit) return false;
    since = now;
    return true;
  };
}

/**
 * How to go on with a stalled video: with the finished file, by loading the stream again if it may have grown, or not at all.
 *
 * @param {import("./status.js").Task} task
 * @param {number} video the number of the video, from 1.
 * @param {number} loadedSegments how many segments were finished when the stream was loaded.
 * @returns {{ source: string | null, reload: boolean }} `source` is the address of the finished file, if there is one.
 */
export function wayOutOfStall(task, video, loadedSegments) {
  const file = task.videos?.[video - 1];
  if (file) return { source: file, reload: true };
  return { source: null, reload: task.state === 1 || (task.segments?.finished ?? 0) > loadedSegments };
}
