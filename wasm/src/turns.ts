/** How often what waits or works shows that its request still lives, in milliseconds. */
const BEAT = 25;
/** Looks without a sign of life after which the first in the line counts as gone. */
const SILENT_LOOKS = 80;

interface Turn {
  /** Counts up while the request lives: its timers end with it. */
  beats: number;
}

/** What is at work, and behind it what waits, in the order that it came. */
const line: Turn[] = [];

/**
 * Runs one piece of work of this isolate at a time, in the order asked.
 *
 * A request whose caller goes away is ended where it stands, and of it not even a `finally` runs: a
 * chain of promises would then wait for ever. So whoever waits looks whether the first still lives.
 *
 * @throws what the work throws.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn: Turn = { beats: 0 };
  line.push(turn);
  const pulse = setInterval(() => turn.beats++, BEAT);
  try {
    await firstInLine(turn);
    return await work();
  } finally {
    clearInterval(pulse);
    leave(turn);
  }
}

async function firstInLine(turn: Turn): Promise<void> {
  let seen: Turn | undefined;
  let beats = 0;
  let silent = 0;
  for (;;) {
    // Taken for gone by mistake, it asks again.
    if (!line.includes(turn)) line.push(turn);
    const first = line[0];
    if (!first || first === turn) return;
    if (first !== seen || first.beats !== beats) {
      seen = first;
      beats = first.beats;
      silent = 0;
    } else if (++silent > SILENT_LOOKS) leave(first);
    else await scheduler.wait(BEAT);
  }
}

function leave(turn: Turn): void {
  const place = line.indexOf(turn);
  if (place >= 0) line.splice(place, 1);
}
