// Calls to the server. Everything goes to the page's own origin.
import { pause } from "./dom.js";

let key = "";

/** Sets the key that all calls carry. */
export function useKey(text) {
  key = text;
}

/** An answer other than success: its status, its body as text and, where it is JSON, as a value. */
export class Refused extends Error {
  constructor(response, text) {
    super(`the server answered ${response.status}`);
    this.status = response.status;
    this.retryAfter = Number(response.headers.get("retry-after")) || null;
    this.type = response.headers.get("x-fal-error-type");
    this.text = text;
    try {
      this.body = JSON.parse(text);
    } catch {
      this.body = null;
    }
  }

  /** A fault of the way to the server or of a gateway: reading again may help. */
  get isPassing() {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** No answer came: refused, reset, cut off. */
export class Unreachable extends Error {}

/** One call; throws `Refused` or `Unreachable`. */
export async function call(path, options = {}) {
  const headers = { ...options.headers };
  if (key && !options.isPublic) headers.Authorization = `Key ${key}`;
  let response;
  try {
    response = await fetch(path, {
      ...options, headers, cache: "no-store", credentials: "omit", redirect: "error",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable(String(error?.message ?? error));
  }
  if (!response.ok) throw new Refused(response, await response.text().catch(() => ""));
  return response;
}

/** One call whose answer is JSON; an answer cut short counts as none. */
export async function json(path, options) {
  const response = await call(path, options);
  try {
    return { value: await response.json(), headers: response.headers, status: response.status };
  } catch (error) {
    if (options?.signal?.aborted) throw error;
    throw new Unreachable("the answer was cut short");
  }
}

/**
 * Asks until an answer comes: for reading alone, never for what may be done twice.
 *
 * `isFinal(error)` tells which refusals are the answer itself.
 */
export async function jsonForSure(path, { signal, onTrouble, isFinal = (error) => !error.isPassing }) {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await json(path, { signal });
      onTrouble(null);
      return answer;
    } catch (error) {
      if (signal.aborted || !isWorthAnotherTry(error, isFinal)) throw error;
      await waitAfter(error, attempt, { signal, onTrouble });
    }
  }
}

/** Whether reading again may help. */
export function isWorthAnotherTry(error, isFinal = (refusal) => !refusal.isPassing) {
  return error instanceof Unreachable || (error instanceof Refused && !isFinal(error));
}

/** Waits before the next attempt, a little longer each time, and says so. */
export async function waitAfter(error, attempt, { signal, onTrouble }) {
  const seconds = error.retryAfter ?? Math.min(2 ** (attempt - 1), 15);
  onTrouble({ error, seconds });
  await pause(seconds * 1000, signal);
  signal.throwIfAborted();
}

/** A silent stream is dead after this: the server pings every 15 seconds. */
const longestSilence = 45_000;

/** The messages of a stream of server-sent events, each as a value. */
export async function* events(path, { signal }) {
  const response = await call(path, { signal, headers: { Accept: "text/event-stream" } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let timer;
  try {
    while (true) {
      clearTimeout(timer);
      timer = setTimeout(() => reader.cancel().catch(() => {}), longestSilence);
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop();
      for (const block of blocks) {
        const data = block.split(/\r?\n/).filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).trimStart()).join("\n");
        if (data) yield JSON.parse(data);
      }
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}

/** The path of an address that the server gave: the page may have come by another name for it. */
export function ownPath(address) {
  const url = new URL(address, location.origin);
  return url.pathname + url.search;
}
