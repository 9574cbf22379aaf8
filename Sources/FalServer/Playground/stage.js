// Shows one request: where it is in the queue, how far it is, its log, its clip or its failure.
import { byId, el, say, show } from "./dom.js";
import { player } from "./player.js";
import { costOfUnits, money } from "./price.js";
import { explain } from "./words.js";

/** The stage: `render(job, price)`. `onKey()` and `onAgain(job)` are what failures may offer. */
export function stage({ onKey, onAgain, onCancel }) {
  const screen = byId("screen");
  const clip = player();
  let current = null;
  let clock = null;

  byId("cancel").addEventListener("click", (event) => {
    event.currentTarget.disabled = true;
    say(byId("state"), "Cancelling");
    onCancel(current);
  });

  function render(job, price) {
    if (job !== current) {
      byId("log").replaceChildren();
      byId("cancel").disabled = false;
    }
    current = job;
    const isUnderWay = !job.isEnded;
    const cancelled = job.state === "failed" && isCancelled(job);
    const state = cancelled ? "cancelled" : job.state;
    screen.dataset.state = state;
    say(byId("state"), byId("cancel").disabled && isUnderWay ? "Cancelling" : words(job, state));
    show(byId("blank"), false);
    show(byId("progress"), isUnderWay);
    show(byId("failure"), ["failed", "unsure", "cancelled"].includes(state));
    show(byId("cancel"), isUnderWay && job.state !== "sending" && job.state !== "fetching");
    stills(job);
    if (isUnderWay) underWay(job);
    if (job.state === "done") clip.open(job.clip, job.record.rate, job.record.video.file_name ?? "clip.mp4");
    else clip.close();
    if (job.error || state === "failed") failure(job);
    trouble(job.trouble);
    log(job.logs);
    facts(job, price);
    clearInterval(clock);
    if (isUnderWay) clock = setInterval(() => elapsed(job), 1000);
    document.title = title(job, state);
  }

  function underWay(job) {
    const bar = byId("progress");
    const isWaiting = job.state === "queued" || job.state === "sending";
    byId("big").textContent = isWaiting
      ? (job.position === null ? "…" : job.position === 0 ? "Next" : `${job.position} before yours`)
      : `${job.percent}%`;
    if (isWaiting) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", job.percent);
    bar.setAttribute("aria-valuetext", words(job, job.state));
    byId("bar").style.setProperty("--part", job.percent / 100);
    elapsed(job);
  }

  function elapsed(job) {
    const seconds = Math.max(0, Math.round((Date.now() - job.record.time) / 1000));
    byId("elapsed").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function failure(job) {
    const told = job.state === "unsure"
      ? {
          title: "No answer came",
          remedy: "The server may have taken the request or not. Asking again sends the same request under the same key: the server never makes it twice.",
        }
      : job.error ? explain(job.error) : job.record.failure;
    byId("failure").replaceChildren(
      el("p", { class: "big" }, told.title), el("p", {}, told.remedy),
      ...(job.state === "unsure" ? [el("button", { type: "button", class: "quiet", onclick: () => onAgain(job) }, "Ask again")] : []),
      ...(told.isKey ? [el("button", { type: "button", class: "quiet", onclick: onKey }, "Give a key")] : []));
  }

  function log(lines) {
    const list = byId("log");
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    while (list.children.length > lines.length) list.lastChild.remove();
    for (const line of lines.slice(list.children.length)) list.append(row(line));
    if (isAtEnd) list.scrollTop = list.scrollHeight;
    show(byId("log-drawer"), lines.length > 0);
    byId("log-count").textContent = lines.length ? String(lines.length) : "";
  }

  return { render, get current() { return current; } };

  function facts(job, price) {
    const { units, seed, inferenceTime, id } = job.record;
    const cost = costOfUnits(price, units);
    const list = [
      ["Request", id],
      ["Billed", job.state === "done" && cost ? `${money(cost, price.currency)} · ${Number(units)} ${price.unit === "second" ? "s" : price.unit}` : null],
      ["Seed", seed], ["Made in", inferenceTime ? `${inferenceTime.toFixed(1)} s` : null],
    ].filter(([, value]) => value !== null && value !== undefined);
    byId("facts").replaceChildren(...list.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(value)))));
    show(byId("facts"), list.length > 0);
  }
}

/** The two keyframes beside the clip. */
function stills(job) {
  for (const [id, picture] of [["still-first", job.record.first], ["still-last", job.record.last]]) {
    const image = byId(id);
    const source = job.pictures?.[id] ?? picture?.small;
    show(image.closest("figure"), Boolean(source));
    if (source && image.getAttribute("src") !== source) image.src = source;
    image.alt = picture ? `${id === "still-first" ? "First" : "Last"} keyframe: ${picture.name}` : "";
  }
}

function trouble(trouble) {
  const box = byId("trouble");
  show(box, Boolean(trouble));
  if (!trouble) return say(box, "");
  const { title } = explain(trouble.error);
  say(box, trouble.seconds
    ? `${title}. Your request is safe there; reading again in ${trouble.seconds} s.`
    : `${title}.`);
}

function row({ message, timestamp, level }) {
  const time = new Date(timestamp);
  const shown = Number.isNaN(time.getTime()) ? "" : time.toLocaleTimeString([], { hour12: false });
  return el("li", { "data-level": level ?? null }, el("time", { datetime: timestamp }, shown), " ", message);
}

/** Whether a failure is what somebody asked for. */
export function isCancelled(job) {
  return Boolean(job.error ? explain(job.error).isCancelled : job.record.failure?.isCancelled);
}

function words(job, state) {
  switch (state) {
    case "sending": return "Sending";
    case "queued":
      return job.position ? `In the queue, ${job.position} before yours` : "In the queue, next";
    case "running": return job.percent ? `Rendering, ${job.percent} percent` : "Rendering";
    case "fetching": return "Fetching the clip";
    case "done": return "Done";
    case "cancelled": return "Cancelled";
    case "unsure": return "No answer";
    default: return "Failed";
  }
}

function title(job, state) {
  const lead = { queued: "Waiting", running: `${job.percent}%`, done: "Done", failed: "Failed" }[state];
  return lead ? `${lead} · Keyreel playground` : "Keyreel playground";
}
