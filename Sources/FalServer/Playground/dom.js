// The few things that every part of the page does with the document.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element; attributes that are null or false are left out, children are nodes or texts. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Shows or hides an element; hidden ones are not read out either. */
export function show(element, isShown) {
  element.hidden = !isShown;
}

/** Writes a text only when it is another one, so that live regions speak once. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What is kept for this tab; a browser that keeps nothing is no reason to fail. */
export const kept = {
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(`keyreel.${name}`));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) sessionStorage.removeItem(`keyreel.${name}`);
      else sessionStorage.setItem(`keyreel.${name}`, JSON.stringify(value));
    } catch {
      // A full or forbidden store: the page works, it only forgets on reload.
    }
  },
};

/** Waits; ends early, without an error, when `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
