// The key: out of the address, where no server sees it, or typed in; kept for this tab alone.
import { byId, el, kept, show } from "./dom.js";
import { useKey } from "./server.js";

/** Takes the key out of the address and the tab's store; `onKey()` is called for every new one. */
export function keyring(onKey) {
  const [dialog, input, error] = ["key-dialog", "key-input", "key-error"].map(byId);
  const button = byId("key-button");

  function use(key) {
    kept.set("key", key);
    useKey(key ?? "");
    // The part before the colon is a name, no secret.
    button.replaceChildren(...(key ? ["Key", el("span", {}, ` ${key.split(":")[0].slice(0, 8)}…`)] : ["Give a key"]));
    button.classList.toggle("missing", !key);
  }
  function takeFromAddress() {
    const found = /[#&]key=([^&]+)/.exec(location.hash);
    if (!found) return null;
    history.replaceState(null, "", location.pathname + location.search);
    try {
      return decodeURIComponent(found[1]);
    } catch {
      return found[1];
    }
  }
  function open(words) {
    input.value = "";
    error.textContent = words ?? "";
    show(error, Boolean(words));
    if (!dialog.open) dialog.showModal();
    input.focus();
  }

  byId("key-form").addEventListener("submit", (event) => {
    const key = input.value.trim();
    if (!/^[^:\s]+:\S+$/.test(key)) {
      event.preventDefault();
      return open("A key has the form id:secret.");
    }
    use(key);
    onKey();
  });
  byId("key-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  button.addEventListener("click", () => open());
  addEventListener("hashchange", () => {
    const key = takeFromAddress();
    if (key) (use(key), onKey());
  });

  use(takeFromAddress() ?? kept.get("key"));
  return { open, get isMissing() { return !kept.get("key"); } };
}
