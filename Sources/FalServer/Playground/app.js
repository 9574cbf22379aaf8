// The playground: wires the form, the stage and the history together.
import { control } from "./controls.js";
import { byId, el, kept, say, show } from "./dom.js";
import { sessionHistory } from "./history.js";
import { Job, onceKey } from "./jobs.js";
import { keyring } from "./keys.js";
import { addressOf, pictureSlots } from "./pictures.js";
import { money, priceOf } from "./price.js";
import { notes, recipe } from "./recipes.js";
import { samplePictures } from "./samples.js";
import { readDocument, settled } from "./schema.js";
import { json } from "./server.js";
import { stage } from "./stage.js";
import { explain, mistakes } from "./words.js";

let form = null;
let controls = [];
let sending = null;
const prices = new Map();
const keys = keyring(() => refreshPending());
const slots = pictureSlots(() => changed());
const view = stage({ onKey: () => keys.open(), onAgain: (job) => job.send(), onCancel: (job) => job.cancel() });
const list = sessionHistory(select);

// --- The form ---------------------------------------------------------------------------------------

const values = () => Object.fromEntries(controls.map((one) => [one.field.name, one.value()]));

async function loadEndpoint(id) {
  const { value } = await json(`/api/openapi/queue/openapi.json?endpoint_id=${encodeURIComponent(id)}`);
  form = readDocument(value);
  prices.set(form.id, form.price);
  const known = kept.get(`values.${id}`) ?? {};
  controls = form.fields.map((field) => control(field, changed));
  const isPlain = ({ field }) => field.isRequired || field.options || field.name === form.lengthName;
  const [plain, more] = [controls.filter(isPlain), controls.filter((one) => !isPlain(one))];
  byId("fields").replaceChildren(...plain.map((one) => one.element));
  byId("more-fields").replaceChildren(...more.map((one) => one.element));
  show(byId("more"), more.length > 0);
  byId("more-count").textContent = String(more.length);
  for (const one of controls) one.fill(one.field.name in known ? known[one.field.name] : one.field.default);
  changed();
}

/** What follows from every change: the price, the code, what is kept for a reload. */
function changed() {
  if (!form) return;
  const now = values();
  kept.set(`values.${form.id}`, now);
  const price = priceOf(form.price, now);
  say(byId("price-total"), price?.total ? money(price.total, price.currency) : "–");
  say(byId("price-how"), price ? how(price, now) : "The price follows from the length.");
  code();
}

function how(price, now) {
  const frames = now[form.lengthName];
  const length = price.seconds ? `${frames} frames, ${Number(price.seconds.toFixed(2))} s` : `${frames} frames`;
  if (!price.total) return length;
  const unit = price.unit === "second" ? "s" : price.unit;
  return `${length} · ${price.units} × ${money(price.each, price.currency)} / ${unit}`;
}

/** Shows mistakes at their fields and goes to the first; what belongs to no field is said below. */
function tellMistakes(found) {
  let first = null;
  const places = [
    ...controls.map((one) => [one.field.name, one]), [form.first, slots.first], [form.last, slots.last],
  ];
  for (const [name, place] of places) {
    const words = found.get(name)?.join(" ") ?? null;
    place.tell(words);
    if (words && place.element.closest("details")) place.element.closest("details").open = true;
    if (words) first ??= place;
  }
  const names = new Set(places.map(([name]) => name));
  const rest = [...found].filter(([name]) => !names.has(name)).flatMap(([name, words]) => (name ? `${name}: ${words}` : words));
  tellForm(rest.join(" "));
  first?.focus();
}

function tellForm(words) {
  say(byId("form-error"), words ?? "");
  show(byId("form-error"), Boolean(words));
}

// --- Requests ---------------------------------------------------------------------------------------

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!form) return;
  const found = new Map();
  for (const [slot, name] of [[slots.first, form.first], [slots.last, form.last]]) {
    if (!slot.picture) found.set(name, ["A picture is needed here."]);
  }
  tellMistakes(found);
  const wrong = controls.filter((one) => !one.check());
  if (wrong.length && !found.size) wrong[0].focus();
  if (wrong.length || found.size) return;
  if (keys.isMissing) return keys.open("A key is needed to generate.");
  generate();
});

function generate() {
  const [first, last] = [slots.first.picture, slots.last.picture];
  const now = values();
  const brief = ({ name, small }) => ({ name, small });
  const job = new Job({
    endpoint: form.id, once: onceKey(), time: Date.now(), prompt: now.prompt ?? "",
    first: brief(first), last: brief(last), rate: priceOf(form.price, now)?.rate ?? null,
  }, jobChanged);
  job.pictures = { "still-first": first.isShown && first.url, "still-last": last.isShown && last.url };
  list.add(job);
  select(job);
  sending = job;
  byId("generate").disabled = true;
  const names = [form.first, form.last];
  job.send(async () => {
    const addresses = await Promise.all([first, last].map(addressOf));
    return { ...settled(now), [names[0]]: addresses[0], [names[1]]: addresses[1] };
  });
}

function jobChanged(job) {
  if (job === sending && job.state !== "sending") {
    sending = null;
    byId("generate").disabled = false;
  }
  if (job.state === "failed" && job.error) {
    const { title, remedy, isCancelled } = explain(job.error);
    job.record.failure = { title, remedy, isCancelled };
    if (job === view.current && job.record.endpoint === form?.id) tellMistakes(mistakes(job.error.body));
  }
  if (job.state === "done") job.record.failure = null;
  list.update(job);
  if (job === view.current) view.render(job, prices.get(job.record.endpoint) ?? null);
}

function select(job) {
  if (job.record.video && !job.clip && job.state !== "fetching") job.open();
  view.render(job, prices.get(job.record.endpoint) ?? null);
  list.select(job);
}

/** What a reload interrupted goes on: reading, never sending. */
function restore() {
  list.restore((record) => {
    const job = new Job(record, jobChanged);
    if (record.video) job.state = "done";
    list.add(job);
    if (!record.video && !record.failure) job.follow();
    return job;
  }).slice(-1).forEach(select);
}

function refreshPending() {
  if (view.current?.state === "failed" && view.current.record.paths && !view.current.record.video
    && view.current.error?.status === 401) view.current.follow();
}

// --- Code -------------------------------------------------------------------------------------------

let language = kept.get("language") ?? "curl";
const tabs = [...byId("tabs").children];

function code() {
  if (!form) return;
  for (const tab of tabs) {
    const isSelected = tab.dataset.language === language;
    tab.setAttribute("aria-selected", String(isSelected));
    tab.tabIndex = isSelected ? 0 : -1;
    if (isSelected) byId("code").setAttribute("aria-labelledby", tab.id);
  }
  say(byId("code"), recipe(language, form, values(), [slots.first.picture, slots.last.picture]));
  say(byId("code-note"), notes[language]);
}

byId("tabs").addEventListener("click", ({ target }) => {
  if (!target.dataset.language) return;
  language = target.dataset.language;
  kept.set("language", language);
  code();
});
byId("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});
byId("copy").addEventListener("click", async ({ currentTarget: button }) => {
  const text = byId("code").textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // No clipboard without https or permission: the text is selected for Ctrl+C.
    getSelection().selectAllChildren(byId("code"));
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
});

// --- The beginning ----------------------------------------------------------------------------------

byId("samples").addEventListener("click", async () => {
  const isTall = values().aspect_ratio === "9:16";
  await slots.place(await samplePictures(...(isTall ? [480, 832] : [832, 480])), null);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !byId("key-dialog").open) {
    byId("form").requestSubmit();
  }
});
byId("endpoint").addEventListener("change", ({ target }) => begin(() => loadEndpoint(target.value)));

async function begin(load) {
  try {
    await load();
    tellForm("");
  } catch (error) {
    const { title, remedy } = explain(error);
    tellForm(`${title}. ${remedy} Reload the page then.`);
  }
}

await begin(async () => {
  const { value } = await json("/playground/endpoints.json");
  const select = byId("endpoint");
  select.replaceChildren(...value.endpoints.map(({ id }) => el("option", { value: id }, id)));
  select.disabled = value.endpoints.length < 2;
  await loadEndpoint(select.value);
  restore();
  document.documentElement.dataset.ready = "true";
});
