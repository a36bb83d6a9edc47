/** False for the service's own log lines, which a passing test run does not print. For vitest's `onConsoleLog`. */
export function isUnexpected(text: string): boolean {
  return !text.startsWith('{"event":');
}

/** What workerd prints in tests that pass. Anything else is printed: it may be a fault of the service. */
const EXPECTED = [
  // `reset()` and `abortAllDurableObjects()` end the requests to objects, such as running alarms.
  /Application called (?:delete|abort)AllDurableObjects\(\)/,
  // Tests end a write to R2 before its last byte. The local R2, itself a Worker, does not catch that.
  /Can't read from request stream because client disconnected/,
  /disconnected: fixed-length pipe ended prematurely/,
  /^uncaught exception; source = Uncaught \(in promise\); stack = Error: Network connection lost\.$/m,
  // A test does not read a response to its end.
  /disconnected: pump canceled/,
  // A task sets its alarm to another time while the alarm is about to run.
  /^NOSENTRY SQLite alarm handler canceled with requestScheduledAlarm/,
  // The addresses of workerd's own code that follow some of these messages.
  /^stack:(?: \S+\/workerd@[0-9a-f]+)+/,
];

/**
 * Leaves these messages out of vitest's output. The plugin that prints them does so with others, but has no setting.
 */
export function setup(): () => void {
  const restores = [process.stdout, process.stderr].map((stream) => {
    const { write } = stream;
    stream.write = function (this: typeof stream, chunk: unknown, ...rest: never[]) {
      const text = typeof chunk === "string" ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : "";
      if (EXPECTED.some((message) => message.test(text))) return true;
      return Reflect.apply(write, this, [chunk, ...rest]) as boolean;
    };
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const restore of restores) restore();
  };
}
