import type { Config } from "../config/config.ts";
import { dnsOverHttps } from "../outbound/dns-over-https.ts";
import { log, messageOf } from "../util/log.ts";
import { beginAttempt, concludeAttempt, type Delivery, type Outcome, replayed } from "./delivery.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import { send } from "./send.ts";

/** Which task is told of, and where. */
export interface Destination {
  taskId: string;
  url: string;
}

/** What the courier needs of the object that it works for. */
export interface CourierHost {
  settings(): Config;
  /** Where to send; null where there is no task any more, or one that is not told of. */
  destination(): Destination | null;
  /** Keeps the object in memory until the promise is settled. */
  keepAlive(work: Promise<void>): void;
  /** Sets the alarm for what is due next: the courier is then called again. */
  wakeInTime(): Promise<void>;
}

/**
 * Sends a task's webhooks, one after the other in the order of its events, beside the task's own work
 * and never in its way. One that has to wait for its next attempt holds up none after it. What is to be
 * sent and when is in storage before anything goes out, so that an object that ends loses none.
 */
export class WebhookCourier {
  readonly #store: DeliveryStore;
  readonly #host: CourierHost;
  #atWork = false;
  /** The one under way; those after it wait for it. */
  #current: Delivery | null = null;

  constructor(store: DeliveryStore, host: CourierHost) {
    this.#store = store;
    this.#host = host;
  }

  /** Begins to send what is due, unless it is at it. */
  start(): void {
    if (this.#atWork || this.#store.due(Date.now()) === null) return;
    this.#atWork = true;
    const work = this.#sendDue()
      .finally(() => {
        this.#atWork = false;
        this.#current = null;
      })
      // Only now, when an event that comes meanwhile is begun with at once.
      .then(() => this.#host.wakeInTime())
      .catch((error: unknown) => log("webhooks_failed", { message: messageOf(error) }));
    this.#host.keepAlive(work);
  }

  /** When the alarm has to call {@link start}, in Unix milliseconds; null where nothing is pending. */
  dueAt(): number | null {
    return this.#current?.nextAttemptAt ?? this.#store.dueAt();
  }

  /** Sends one again whose delivery is over. */
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
      // Put off first, whatever happens: what fails here must not be called again at once, for ever.
      const begun = beginAttempt(next, Date.now());
      this.#store.update(begun);
      this.#current = begun;
      // Before the request goes out: should the object end here, the alarm has it made anew.
      await this.#host.wakeInTime();
      const cutOff = next.tries > this.#host.settings().WEBHOOK_RETRY_SECONDS.length;
      if (cutOff) this.#conclude(next, to, { kind: "unanswered", reason: "the last attempt was cut off" });
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
    // Of the URL no more than the host: its path and query may be secrets.
    log("webhook_attempt", {
      ...{ task_id: taskId, webhook: id, type, host: new URL(url).host, state, attempts },
      ...{ status: lastStatus, message: lastError },
    });
  }
}
