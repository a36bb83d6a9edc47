import type { Config } from "../config/config.ts";
import { dnsOverHttps } from "../outbound/dns-over-https.ts";
import { log, messageOf } from "../util/log.ts";
import { beginAttempt, concludeAttempt, type Delivery, type Outcome, replayed } from "./delivery.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import { send } from "./send.ts";

/** The task that webhooks are about, and the URL that they go to. */
export interface Destination {
  taskId: string;
  url: string;
}

/** What the courier needs from the TaskObject that it works for. */
export interface CourierHost {
  settings(): Config;
  /** Where to send; null if the task was deleted or has no `callback_url`. */
  destination(): Destination | null;
  /** Keeps the object in memory until the promise is settled. */
  keepAlive(work: Promise<void>): void;
  /** Sets the alarm for whatever is due next; the alarm calls {@link WebhookCourier.start}. */
  wakeInTime(): Promise<void>;
}

/**
 * Sends a task's webhooks one after the other, in the order of its events. It never delays the task's own
 * work, and a webhook that waits for its next attempt does not delay later ones. Every webhook and the time of
 * its next attempt are stored before the request is sent, so a restart of the object loses none.
 */
export class WebhookCourier {
  readonly #store: DeliveryStore;
  readonly #host: CourierHost;
  #sending = false;
  /** The delivery whose attempt is running; the others wait for it. */
  #current: Delivery | null = null;

  constructor(store: DeliveryStore, host: CourierHost) {
    this.#store = store;
    this.#host = host;
  }

  /** Starts sending what is due, unless it is already sending. */
  start(): void {
    if (this.#sending || this.#store.due(Date.now()) === null) return;
    this.#sending = true;
    const work = this.#sendDue()
      .finally(() => {
        this.#sending = false;
        this.#current = null;
      })
      // Only after #sending is false: from here on a new event can call start() itself.
      .then(() => this.#host.wakeInTime())
      .catch((error: unknown) => log("webhooks_failed", { message: messageOf(error) }));
    this.#host.keepAlive(work);
  }

  /** When the alarm has to call {@link start}, in Unix milliseconds; null if nothing is pending. */
  dueAt(): number | null {
    return this.#current?.nextAttemptAt ?? this.#store.dueAt();
  }

  /** Sends a finished delivery again. Returns `pending`, and changes nothing, if it is not finished yet. */
  replay(id: string): "begun" | "pending" | "unknown" {
    const delivery = this.#store.find(id);
    if (!delivery) return "unknown";
    if (delivery.state === "pending") return "pending";
    this.#store.update(replayed(delivery, Date.now()));
    this.start();
    return "begun";
  }

  async #sendDue(): Promise<void> {
    for (;;) {
      const to = this.#host.destination();
      const next = to && this.#store.due(Date.now());
      if (!to || !next) return;
      // Store the next attempt's time first. Otherwise an error below would repeat this attempt without a pause.
      const begun = beginAttempt(next, Date.now());
      this.#store.update(begun);
      this.#current = begun;
      // Set the alarm before the request is sent: if the object restarts meanwhile, the alarm repeats the attempt.
      await this.#host.wakeInTime();
      const wasLastAttempt = next.tries > this.#host.settings().WEBHOOK_RETRY_SECONDS.length;
      if (wasLastAttempt) this.#conclude(next, to, { kind: "unanswered", reason: "the last attempt was interrupted" });
      else this.#conclude(begun, to, await this.#attempt(begun.id, to.url));
    }
  }

  #attempt(id: string, url: string): Promise<Outcome> {
    const { WEBHOOK_SECRET, OUTBOUND_ALLOW, DNS_OVER_HTTPS_URL } = this.#host.settings();
    return send({
      ...{ id, url, payload: this.#store.payload(id), secrets: WEBHOOK_SECRET ?? [], allow: OUTBOUND_ALLOW },
      resolve: dnsOverHttps(DNS_OVER_HTTPS_URL),
    });
  }

  #conclude(delivery: Delivery, { taskId, url }: Destination, outcome: Outcome): void {
    const delays = this.#host.settings().WEBHOOK_RETRY_SECONDS;
    const after = concludeAttempt(delivery, outcome, Date.now(), delays, Math.random());
    this.#store.update(after);
    const { id, type, state, attempts, lastStatus, lastError } = after;
    // Log only the URL's host: its path and query may contain secrets.
    log("webhook_attempt", {
      ...{ task_id: taskId, webhook: id, type, host: new URL(url).host, state, attempts },
      ...{ status: lastStatus, message: lastError },
    });
  }
}
