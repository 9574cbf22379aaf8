// One request from its submission to its clip. Nothing here touches the document.
import { pause } from "./dom.js";
import { Refused, Unreachable, call, events, isWorthAnotherTry, json, jsonForSure, ownPath, waitAfter } from "./server.js";

/**
 * A request under way or ended.
 *
 * `state` is sending, queued, running, fetching, done, failed or unsure: the last when nobody knows
 * whether the server took the request. `record` is what outlives a reload.
 */
export class Job {
  state = "sending";
  logs = [];
  position = null;
  error = null;
  trouble = null;
  clip = null;
  #input = null;
  #onChange;
  #stop = new AbortController();

  constructor(record, onChange) {
    this.record = record;
    this.#onChange = onChange;
    if (record.paths) this.state = "queued";
    if (record.failure) this.state = "failed";
  }

  get isEnded() {
    return this.state === "done" || this.state === "failed" || this.state === "unsure";
  }

  /** Whole percents, out of the last line that tells any. */
  get percent() {
    if (this.state !== "running") return this.state === "fetching" || this.state === "done" ? 100 : 0;
    for (const { message } of this.logs.toReversed()) {
      const found = /(\d{1,3})\s?%/.exec(message);
      if (found) return Math.min(100, Number(found[1]));
    }
    return 0;
  }

  /**
   * Sends the request, once; `prepare()` makes its input. The key `record.once` lets the server know a second asking of the same
   * request, which only ever happens when a person asks for it.
   */
  async send(prepare) {
    this.#to({ state: "sending", error: null });
    try {
      this.#input ??= await prepare();
    } catch (error) {
      this.#to({ state: "failed", error });
      return;
    }
    try {
      const { value } = await json(`/queue/${this.record.endpoint}`, {
        method: "POST", body: JSON.stringify(this.#input),
        headers: { "Content-Type": "application/json", "Idempotency-Key": this.record.once },
      });
      this.record.id = value.request_id;
      this.record.paths = {
        status: ownPath(value.status_url), result: ownPath(value.response_url), cancel: ownPath(value.cancel_url),
      };
      this.#to({ state: "queued", position: value.queue_position });
    } catch (error) {
      this.#to({ state: error instanceof Unreachable ? "unsure" : "failed", error });
    }
    if (this.state === "queued") await this.follow();
  }

  /** Follows the request to its end; reads again and again while the server is away. */
  async follow() {
    const signal = this.#stop.signal;
    try {
      const last = await this.#watch(signal);
      const isFinal = (error) => Boolean(last.error) || !error.isPassing;
      const { value, headers } = await jsonForSure(this.record.paths.result, {
        signal, isFinal, onTrouble: (trouble) => this.#to({ trouble }),
      });
      this.record.units = headers.get("x-fal-billable-units");
      this.record.seed = value.seed ?? null;
      this.record.inferenceTime = last.metrics?.inference_time ?? null;
      this.record.video = value.video;
      await this.open();
    } catch (error) {
      if (!signal.aborted) this.#to({ state: "failed", error, trouble: null });
    }
  }

  /** Fetches the clip whole, so that every frame can be gone to and saved. */
  async open() {
    if (this.clip || !this.record.video) return;
    this.#to({ state: "fetching" });
    const signal = this.#stop.signal;
    for (let attempt = 1; ; attempt++) {
      try {
        const blob = await this.#download(signal);
        this.#to({ state: "done", clip: URL.createObjectURL(blob), trouble: null });
        return;
      } catch (error) {
        if (attempt === 8 || !isWorthAnotherTry(error)) {
          this.#to({ state: "failed", error, trouble: null });
          return;
        }
        await waitAfter(error, attempt, { signal, onTrouble: (trouble) => this.#to({ trouble }) });
      }
    }
  }

  /** Asks the server to end the request; what becomes of it is told by its status. */
  async cancel() {
    try {
      await call(this.record.paths.cancel, { method: "PUT" });
    } catch (error) {
      // Too late, or gone already: the status tells.
      if (!(error instanceof Refused && [400, 404].includes(error.status))) this.#to({ trouble: { error } });
    }
  }

  /** Stops reading; the request itself goes on. */
  leave() {
    this.#stop.abort();
    if (this.clip) URL.revokeObjectURL(this.clip);
  }

  async #download(signal) {
    const { url, file_size: expected } = this.record.video;
    const response = await call(ownPath(url), { signal, isPublic: true });
    const blob = await response.blob().catch((error) => {
      throw new Unreachable(String(error));
    });
    if (expected && blob.size !== expected) throw new Unreachable("the clip was cut short");
    return blob;
  }

  /** The last status. Streams; polls in between, and only polls where streams bring nothing. */
  async #watch(signal) {
    const { status } = this.record.paths;
    for (let fruitless = 0; ; fruitless++) {
      if (fruitless < 3) {
        try {
          let isFirst = true;
          for await (const message of events(`${status}/stream?logs=1`, { signal })) {
            fruitless = 0;
            this.#take(message, isFirst ? [] : this.logs);
            isFirst = false;
            if (message.status === "COMPLETED") return message;
          }
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof Refused && error.status === 401) throw error;
        }
      }
      const { value } = await jsonForSure(`${status}?logs=1`, {
        signal, onTrouble: (trouble) => this.#to({ trouble }),
      });
      this.#take(value, []);
      if (value.status === "COMPLETED") return value;
      await pause(1000, signal);
      signal.throwIfAborted();
    }
  }

  #take(message, before) {
    const state = { IN_QUEUE: "queued", IN_PROGRESS: "running" }[message.status] ?? this.state;
    this.#to({
      state, position: message.queue_position ?? null, logs: [...before, ...(message.logs ?? [])], trouble: null,
    });
  }

  #to(changes) {
    Object.assign(this, changes);
    this.#onChange(this);
  }
}

/** A random text that names one request: `Idempotency-Key`. */
export function onceKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
