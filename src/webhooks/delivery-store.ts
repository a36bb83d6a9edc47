import type { WebhookType } from "../api/webhooks/webhook-log.ts";
import { type Delivery, newDelivery } from "./delivery.ts";

/** Max deliveries kept per task. The oldest finished ones are deleted first. */
const MAX_DELIVERIES = 30;

const COLUMNS =
  "id, type, state, attempts, tries, last_status AS lastStatus, last_error AS lastError, " +
  "last_attempt_at AS lastAttemptAt, next_attempt_at AS nextAttemptAt, delivered_at AS deliveredAt, created_at AS createdAt";

type Row = Record<string, SqlStorageValue>;

/** The webhooks of one task in the storage of its TaskObject: pending deliveries and the log of finished ones. */
export class DeliveryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Creates the table together with the task. Before that, every read finds no deliveries. */
  create(): void {
    this.#sql.exec(`CREATE TABLE webhook (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, payload TEXT NOT NULL,
      state TEXT NOT NULL, attempts INTEGER NOT NULL, tries INTEGER NOT NULL, last_status INTEGER, last_error TEXT,
      last_attempt_at INTEGER, next_attempt_at INTEGER, delivered_at INTEGER, created_at INTEGER NOT NULL
    )`);
  }

  /** Adds an event, due at once. If the receiver answered 410 Gone before, the delivery is stored as stopped. */
  add(type: WebhookType, payload: string, now: number): void {
    // The signed text joins its parts with full stops, so the id must not contain one.
    const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
    const delivery = newDelivery(id, type, now, this.#isUnwanted());
    const { state, attempts, tries, lastError, nextAttemptAt, createdAt } = delivery;
    this.#sql.exec(
      `INSERT INTO webhook (id, type, payload, state, attempts, tries, last_error, next_attempt_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, type, payload, state, attempts, tries, lastError, nextAttemptAt, createdAt],
    );
    this.#sql.exec(
      `DELETE FROM webhook WHERE position IN
         (SELECT position FROM webhook ORDER BY state = 'pending' DESC, position DESC LIMIT -1 OFFSET ?)`,
      MAX_DELIVERIES,
    );
  }

  /** True if the receiver's latest answer was 410 Gone. */
  #isUnwanted(): boolean {
    const [last] = this.#sql
      .exec<{ status: number | null }>(
        `SELECT last_status AS status FROM webhook WHERE last_attempt_at IS NOT NULL
         ORDER BY last_attempt_at DESC, position DESC LIMIT 1`,
      )
      .toArray();
    return last?.status === 410;
  }

  /** All deliveries, in the order of the events. */
  all(): Delivery[] {
    if (!this.#exists()) return [];
    return this.#sql.exec<Delivery & Row>(`SELECT ${COLUMNS} FROM webhook ORDER BY position`).toArray();
  }

  find(id: string): Delivery | null {
    if (!this.#exists()) return null;
    return this.#sql.exec<Delivery & Row>(`SELECT ${COLUMNS} FROM webhook WHERE id = ?`, id).toArray()[0] ?? null;
  }

  /** The body of a delivery. */
  payload(id: string): string {
    return this.#sql.exec<{ payload: string }>("SELECT payload FROM webhook WHERE id = ?", id).one().payload;
  }

  /** Stores a changed delivery. Does nothing if it was deleted meanwhile. */
  update(delivery: Delivery): void {
    if (!this.#exists()) return;
    const { id, state, attempts, tries, lastStatus, lastError, lastAttemptAt, nextAttemptAt, deliveredAt } = delivery;
    this.#sql.exec(
      `UPDATE webhook SET state = ?, attempts = ?, tries = ?, last_status = ?, last_error = ?, last_attempt_at = ?,
         next_attempt_at = ?, delivered_at = ? WHERE id = ?`,
      ...[state, attempts, tries, lastStatus, lastError, lastAttemptAt, nextAttemptAt, deliveredAt, id],
    );
  }

  /** When the next attempt is due, in Unix milliseconds; null if no delivery is pending. */
  dueAt(): number | null {
    if (!this.#exists()) return null;
    return this.#sql
      .exec<{ due: number | null }>("SELECT MIN(next_attempt_at) AS due FROM webhook WHERE state = 'pending'")
      .one().due;
  }

  /** The pending delivery of the earliest event that is due. */
  due(now: number): Delivery | null {
    return this.all().find(({ state, nextAttemptAt }) => state === "pending" && (nextAttemptAt ?? 0) <= now) ?? null;
  }

  /** Deletes all deliveries, so that nothing more is sent. */
  clear(): void {
    if (this.#exists()) this.#sql.exec("DELETE FROM webhook");
  }

  #exists(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'webhook'").toArray().length > 0;
  }
}
