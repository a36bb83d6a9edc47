import { authoringPhases } from "../../protocol/task-jobs.ts";

/** The SQLite tables of a TaskObject, and the triggers that keep its sums. */

/**
 * `segment` is the number of a segment within its video, from 0; null for other jobs. The index of unfinished jobs
 * finds the first segment that a video lacks without reading the others.
 */
const JOBS = [
  `CREATE TABLE job (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, video INTEGER NOT NULL, phase TEXT NOT NULL, kind TEXT NOT NULL,
    weight REAL NOT NULL, work TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    sends INTEGER NOT NULL DEFAULT 0, runs INTEGER NOT NULL DEFAULT 0, lease INTEGER NOT NULL DEFAULT 0,
    faults INTEGER NOT NULL DEFAULT 0, unreachable INTEGER NOT NULL DEFAULT 0, busy INTEGER NOT NULL DEFAULT 0,
    segment INTEGER
  ) WITHOUT ROWID`,
  "CREATE INDEX job_order ON job (state, position)",
];

/** What was authored so far: see `authoredSchema`. */
const AUTHORED = "CREATE TABLE authored (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)";

/** Each job's newest message. It has its own table because it changes independently of the job. */
const MESSAGES = `CREATE TABLE sent_message (
  job TEXT PRIMARY KEY, queue TEXT NOT NULL, sentAt INTEGER NOT NULL, head INTEGER) WITHOUT ROWID`;

const UNFINISHED = "CREATE INDEX job_unfinished ON job (video, kind, segment) WHERE state <> 'done'";

/**
 * Sums over `job`, by video and phase. Triggers update them in the statement that changes a job, so they are always
 * right, and reading them costs the same for a task of any length.
 */
const SUMS = [
  `CREATE TABLE job_sum (
    video INTEGER NOT NULL, phase TEXT NOT NULL, weight REAL NOT NULL, finished REAL NOT NULL,
    segments INTEGER NOT NULL, finished_segments INTEGER NOT NULL, unfinished INTEGER NOT NULL,
    PRIMARY KEY (video, phase)
  ) WITHOUT ROWID`,
  `CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
    INSERT INTO job_sum VALUES (NEW.video, NEW.phase, NEW.weight, NEW.weight * (NEW.state = 'done'),
      NEW.kind = 'segment', NEW.kind = 'segment' AND NEW.state = 'done', NEW.state <> 'done')
    ON CONFLICT DO UPDATE SET weight = weight + excluded.weight, finished = finished + excluded.finished,
      segments = segments + excluded.segments, finished_segments = finished_segments + excluded.finished_segments,
      unfinished = unfinished + excluded.unfinished;
  END`,
  `CREATE TRIGGER job_moved AFTER UPDATE OF state ON job WHEN (NEW.state = 'done') <> (OLD.state = 'done') BEGIN
    UPDATE job_sum SET
      finished = finished + NEW.weight * ((NEW.state = 'done') - (OLD.state = 'done')),
      finished_segments = finished_segments + (NEW.kind = 'segment') * ((NEW.state = 'done') - (OLD.state = 'done')),
      unfinished = unfinished - ((NEW.state = 'done') - (OLD.state = 'done'))
    WHERE video = NEW.video AND phase = NEW.phase;
  END`,
];

/** The phases before a task is planned, as a list in SQL. */
export const BEFORE_PLAN = authoringPhases.map((phase) => `'${phase}'`).join(", ");
/** The place of a phase among those before the plan; null for other phases. */
const rank = (phase: string) =>
  `CASE ${phase} ${authoringPhases.map((name, index) => `WHEN '${name}' THEN ${index}`).join(" ")} END`;

/** Sums up the task's jobs: see `WorkTotals`. */
export const SUMMED = `SELECT COALESCE(SUM(weight * (phase NOT IN (${BEFORE_PLAN}))), 0) AS total,
    COALESCE(SUM(finished * (phase NOT IN (${BEFORE_PLAN}))), 0) AS finished,
    COALESCE(SUM(weight * (phase IN (${BEFORE_PLAN}))), 0) AS authoring,
    COALESCE(SUM(finished * (phase IN (${BEFORE_PLAN}))), 0) AS authored,
    COALESCE(SUM(unfinished * (phase IN (${BEFORE_PLAN}))), 0) AS authoringLeft,
    COALESCE(SUM(segments), 0) AS segments,
    COALESCE(SUM(finished_segments), 0) AS finishedSegments,
    COALESCE(SUM(unfinished * (phase IN ('opening', 'render'))), 0) AS rendersLeft,
    COALESCE(SUM(unfinished * (phase IN ('assemble', 'stills'))), 0) AS finishingLeft
  FROM job_sum`;

/** The finished segments of each video, counted from its start; 0 until its soundtrack is done. */
export const PLAYABLE = `SELECT video, CASE
    WHEN EXISTS (SELECT 1 FROM job WHERE video = whole.video AND kind = 'soundtrack' AND state <> 'done') THEN 0
    ELSE COALESCE((SELECT segment FROM job WHERE video = whole.video AND kind = 'segment' AND state <> 'done'
      ORDER BY segment LIMIT 1), whole.segments) END AS segments
  FROM (SELECT video, SUM(segments) AS segments FROM job_sum GROUP BY video HAVING SUM(segments) > 0) AS whole
  ORDER BY video`;

/** Jobs whose turn has come, in order. The bound parameter is the max number of rows. */
export const readyJobs = (columns: string) => `SELECT ${columns} FROM job AS next WHERE state = 'waiting'
  AND NOT EXISTS (SELECT 1 FROM job_sum AS before WHERE before.unfinished > 0 AND (
    (${rank("before.phase")} < ${rank("next.phase")})
    OR (next.phase = 'render' AND before.phase = 'opening')
    OR (next.phase IN ('assemble', 'stills') AND before.phase IN ('opening', 'render') AND before.video = next.video)
    OR (next.phase = 'stills' AND before.phase = 'assemble' AND before.video = next.video)))
  ORDER BY position LIMIT ?`;

/** Creates the tables of a new task. */
export function createTables(sql: SqlStorage): void {
  sql.exec("CREATE TABLE task (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL, input TEXT NOT NULL)");
  for (const statement of [...JOBS, UNFINISHED, ...SUMS, MESSAGES, AUTHORED]) sql.exec(statement);
}

/** Whether the object has a task. Upgrades tables that an earlier version created. */
export function openTables(sql: SqlStorage): boolean {
  const found = sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE name IN ('task', 'job_sum', 'sent_message', 'authored')",
    )
    .toArray();
  const names = new Set(found.map(({ name }) => name));
  if (!names.has("task")) return false;
  if (!names.has("job_sum")) addSums(sql);
  if (!names.has("sent_message")) {
    // The table of a version with a single queue.
    sql.exec("DROP TABLE IF EXISTS message");
    sql.exec(MESSAGES);
  }
  if (!names.has("authored")) sql.exec(AUTHORED);
  return true;
}

/** Which jobs to remove: all; those of the plan and the plan job; those that depend on the voice, before a plan. */
export type RemovedJobs = "all" | "planned" | "voiced";

/** Removes jobs. */
export function clearJobs(sql: SqlStorage, which: RemovedJobs = "all"): void {
  const where = {
    all: "",
    planned: `WHERE phase = 'plan' OR phase NOT IN (${BEFORE_PLAN})`,
    voiced: "WHERE kind NOT IN ('search', 'picture')",
  };
  sql.exec(`DELETE FROM job ${where[which]}`);
  sql.exec("DELETE FROM job_sum");
  sql.exec(SUM_UP);
  sql.exec("DELETE FROM sent_message WHERE job NOT IN (SELECT id FROM job)");
}

/** Fills the empty table of sums. */
const SUM_UP = `INSERT INTO job_sum SELECT video, phase, SUM(weight), SUM(weight * (state = 'done')), SUM(kind = 'segment'),
    SUM(kind = 'segment' AND state = 'done'), SUM(state <> 'done') FROM job GROUP BY video, phase`;

/** Upgrades tables without sums. Durable Object storage commits these statements together, because nothing awaits in between. */
function addSums(sql: SqlStorage): void {
  sql.exec("ALTER TABLE job ADD COLUMN segment INTEGER");
  sql.exec(
    `UPDATE job SET segment = numbered.number FROM (
       SELECT id, ROW_NUMBER() OVER (PARTITION BY video ORDER BY position) - 1 AS number FROM job WHERE kind = 'segment'
     ) AS numbered WHERE numbered.id = job.id`,
  );
  for (const statement of [UNFINISHED, ...SUMS]) sql.exec(statement);
  sql.exec(SUM_UP);
}
