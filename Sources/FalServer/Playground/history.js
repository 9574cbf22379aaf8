// The requests made in this tab, newest first.
import { byId, el, kept, show } from "./dom.js";
import { isCancelled } from "./stage.js";

const longest = 40;

/** The list: `add(job)`, `update(job)`, `restore(make)`. */
export function sessionHistory(onSelect) {
  const jobs = [];
  const rows = new Map();

  function add(job) {
    jobs.unshift(job);
    for (const old of jobs.splice(longest)) {
      old.leave();
      rows.get(old)?.remove();
    }
    const button = el("button", { type: "button", onclick: () => onSelect(job) });
    const item = el("li", {}, button);
    rows.set(job, item);
    byId("history").prepend(item);
    update(job);
  }

  function update(job) {
    const button = rows.get(job)?.firstChild;
    if (!button) return;
    const { record } = job;
    const word = job.state === "failed" && isCancelled(job) ? "cancelled" : names[job.state];
    const key = `${word}${job.state === "running" ? job.percent : ""}`;
    if (button.dataset.key !== key) {
      button.dataset.key = key;
      button.dataset.state = word;
      button.replaceChildren(
        el("span", { class: "pair", "aria-hidden": "true" }, ...[record.first, record.last].map((picture) =>
          picture?.small ? el("img", { src: picture.small, alt: "" }) : el("span", {}))),
        el("span", { class: "what" }, record.prompt || "No prompt"),
        el("span", { class: "how" }, word + (job.state === "running" ? ` ${job.percent}%` : ""), " · ",
          new Date(record.time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })));
    }
    byId("history-count").textContent = String(jobs.length);
    show(byId("history-empty"), jobs.length === 0);
    save();
  }

  function select(job) {
    for (const [one, item] of rows) {
      if (one === job) item.firstChild.setAttribute("aria-current", "true");
      else item.firstChild.removeAttribute("aria-current");
    }
  }

  let last = "";
  function save() {
    const records = jobs.filter((job) => job.record.paths || job.record.failure).map((job) => job.record);
    const text = JSON.stringify(records);
    if (text !== last) kept.set("history", records);
    last = text;
  }

  return { add, update, select, restore: (make) => (kept.get("history") ?? []).reverse().map(make) };
}

const names = {
  sending: "sending", queued: "waiting", running: "rendering", fetching: "fetching", done: "done",
  failed: "failed", unsure: "no answer",
};
