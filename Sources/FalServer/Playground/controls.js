// The form's controls: one for each field of the endpoint, with its help and its mistakes.
import { el, show } from "./dom.js";
import { mistake } from "./schema.js";

/** A field on the page: `element`, `value()`, `fill(value)`, `tell(words)`, `focus()`. */
export function control(field, onChange) {
  const kind = field.options ? choice
    : field.type === "boolean" ? flag
    : field.type === "string" ? text : number;
  const ids = { input: `f-${field.name}`, help: `h-${field.name}`, error: `e-${field.name}` };
  const error = el("p", { class: "error", id: ids.error, hidden: true });
  const made = kind(field, ids, () => (check(), onChange(field.name)));
  const element = el(
    made.isGroup ? "fieldset" : "div",
    { class: `field ${made.kind}`, "data-field": field.name },
    made.isGroup ? el("legend", {}, ...heading(field)) : el("label", { for: ids.input }, ...heading(field)),
    ...made.parts,
    el("div", { class: "row notes" }, el("p", { class: "hint", id: ids.help }, ...marked(field.help)), made.note ?? null),
    error);

  function tell(words) {
    error.textContent = words ?? "";
    show(error, Boolean(words));
    for (const input of made.inputs) {
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
  /** Says what is surely wrong; whether all is well as far as the page can tell. */
  function check() {
    const words = mistake(field, made.value(), made.isUnreadable?.() ?? false);
    tell(words);
    return !words;
  }
  for (const input of made.inputs) input.setAttribute("aria-describedby", `${ids.help} ${ids.error}`);
  return {
    field, element, tell, check, value: made.value, focus: () => made.inputs[0].focus(),
    fill(value) {
      made.fill(value);
      tell(null);
    },
  };
}

function heading(field) {
  return [
    el("span", {}, field.label, field.isRequired ? el("span", { class: "needed" }, " needed") : null),
    el("code", { "aria-hidden": "true" }, field.name),
  ];
}

/** A sentence whose words in backquotes are code. */
function marked(text) {
  return text.split("`").map((part, index) => (index % 2 ? el("samp", {}, part) : part));
}

/** One of a few: buttons side by side, or a list when they are many. */
function choice(field, ids, onChange) {
  const options = [...(field.mayBeUnset ? [undefined] : []), ...field.options];
  const label = (option) => (option === undefined ? "auto" : String(option));
  if (options.length > 4) {
    const select = el(
      "select", { id: ids.input, onchange: onChange },
      ...options.map((option, index) => el("option", { value: index }, label(option))));
    return {
      kind: "list", parts: [select], inputs: [select],
      value: () => options[Number(select.value)],
      fill: (value) => (select.value = String(Math.max(0, options.indexOf(value)))),
    };
  }
  const inputs = options.map((_, index) =>
    el("input", { type: "radio", name: ids.input, id: `${ids.input}-${index}`, onchange: onChange }));
  const segments = options.map((option, index) => [
    inputs[index], el("label", { for: `${ids.input}-${index}` }, label(option)),
  ]);
  return {
    kind: "choice", isGroup: true, parts: [el("div", { class: "segments" }, ...segments.flat())], inputs,
    value: () => options[inputs.findIndex((input) => input.checked)],
    fill: (value) => (inputs[Math.max(0, options.indexOf(value))].checked = true),
  };
}

/** On or off; what may stay unset is a choice of three. */
function flag(field, ids, onChange) {
  if (field.mayBeUnset && field.default === undefined) {
    const made = choice({ ...field, options: ["on", "off"] }, ids, onChange);
    return {
      ...made, value: () => ({ on: true, off: false })[made.value()],
      fill: (value) => made.fill(value === undefined ? undefined : value ? "on" : "off"),
    };
  }
  const input = el("input", { type: "checkbox", role: "switch", id: ids.input, onchange: onChange });
  return {
    kind: "flag", parts: [input], inputs: [input], value: () => input.checked,
    fill: (value) => (input.checked = value === true),
  };
}

function text(field, ids, onChange) {
  const isLong = field.isRequired || /prompt/.test(field.name);
  const note = field.maximumLength ? el("p", { class: "hint count", "aria-hidden": "true" }) : null;
  const told = () => {
    if (note) note.textContent = `${[...input.value].length} / ${field.maximumLength}`;
  };
  const input = el(isLong ? "textarea" : "input", {
    id: ids.input, rows: isLong ? (field.isRequired ? 3 : 1) : null, spellcheck: "true",
    "aria-required": field.isRequired ? "true" : null,
    oninput: () => (told(), onChange()),
  });
  return {
    kind: "text", parts: [input], inputs: [input], note,
    value: () => (input.value === "" && field.default === undefined && !field.isRequired ? undefined : input.value),
    fill(value) {
      input.value = value ?? "";
      told();
    },
  };
}

/** A number; with a slider beside it where both limits are known. */
function number(field, ids, onChange) {
  const isWhole = field.type === "integer";
  const range = [field.minimum, field.maximum];
  const hasSlider = range.every((limit) => limit !== undefined);
  const step = isWhole ? 1 : hasSlider && range[1] - range[0] <= 1 ? 0.01 : 0.1;
  const input = el("input", {
    type: "number", id: ids.input, min: range[0], max: range[1], step: isWhole ? 1 : "any",
    inputmode: isWhole ? "numeric" : "decimal", placeholder: field.mayBeUnset ? "auto" : null,
    oninput: () => (follow(), onChange()),
  });
  const slider = hasSlider
    ? el("input", {
        type: "range", min: range[0], max: range[1], step, tabindex: "-1", "aria-hidden": "true",
        oninput: () => ((input.value = slider.value), onChange()),
      })
    : null;
  const follow = () => slider && (slider.value = input.value === "" ? range[0] : input.value);
  return {
    kind: "number", parts: [el("div", { class: "figures" }, ...[slider, input].filter(Boolean))], inputs: [input],
    note: hasSlider ? el("p", { class: "hint count" }, `${range[0]} – ${range[1]}`) : null,
    isUnreadable: () => input.validity.badInput,
    value: () => (input.value.trim() === "" ? undefined : Number(input.value)),
    fill(value) {
      input.value = value ?? "";
      follow();
    },
  };
}
