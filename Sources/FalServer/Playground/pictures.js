// The two keyframes: dropped, pasted or chosen; shown small; swapped.
import { byId, el, show } from "./dom.js";
import { call, json, ownPath } from "./server.js";

const accepted = ["image/png", "image/jpeg", "image/webp"];

/** The two slots. `onChange()` is called after every change. */
export function pictureSlots(onChange) {
  const slots = [...document.querySelectorAll(".slot")].map((box, index) => slot(box, index, onChange));
  const [first, last] = slots;

  byId("swap").addEventListener("click", () => {
    const [one, two] = [first.picture, last.picture];
    first.put(two);
    last.put(one);
    onChange();
  });
  document.addEventListener("paste", (event) => {
    const files = pictureFiles(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    place(files, slots.find((one) => one.element.contains(document.activeElement)));
  });
  // A picture that misses its slot must not replace the page.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (event.target.closest?.(".slot")) return;
    place(pictureFiles(event.dataTransfer), null);
  });

  /** Puts files into the slot that is meant, else into the free ones. */
  async function place(files, target) {
    if (!files.length) return;
    if (files.length > 1) {
      await Promise.all([first.take(files[0]), last.take(files[1])]);
    } else {
      await (target ?? (first.picture && !last.picture ? last : first)).take(files[0]);
    }
  }
  for (const one of slots) one.onFiles = (files) => place(files, one);
  return { first, last, place };
}

/** Pictures of a clipboard or a drop, whatever they call themselves: the server is the judge. */
function pictureFiles(transfer) {
  return [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/") || file.type === "");
}

function slot(box, index, onChange) {
  const name = index === 0 ? "First picture" : "Last picture";
  const ids = { input: `slot-${index}`, error: `slot-error-${index}`, note: `slot-note-${index}` };
  const input = el("input", {
    type: "file", id: ids.input, accept: accepted.join(","), class: "file",
    "aria-describedby": `${ids.note} ${ids.error}`, onchange: () => take([...input.files]),
  });
  const image = el("img", { alt: "", hidden: true });
  const empty = el("span", { class: "empty", "aria-hidden": "true" }, "Drop, paste or choose");
  const note = el("span", { class: "note", id: ids.note });
  const error = el("p", { class: "error", id: ids.error, role: "alert", hidden: true });
  const remove = el("button", {
    type: "button", class: "remove", "aria-label": `Remove the ${name.toLowerCase()}`, hidden: true,
    onclick: () => (put(null), onChange(), input.focus()),
  }, "×");
  const label = el("label", { for: ids.input, class: "well" }, image, empty, el("span", { class: "caption" }, name), note);
  box.append(input, label, remove, error);
  for (const [kind, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.toggle("over", isOver);
      if (kind === "drop") self.onFiles(pictureFiles(event.dataTransfer));
    });
  }

  async function take(files) {
    input.value = "";
    if (files.length) await self.onFiles(files);
  }
  function put(picture) {
    self.picture = picture;
    tell(null);
    show(image, Boolean(picture?.isShown));
    show(empty, !picture?.isShown);
    show(remove, Boolean(picture));
    empty.textContent = picture ? "No preview here" : "Drop, paste or choose";
    if (picture?.isShown) image.src = picture.url;
    else image.removeAttribute("src");
    image.alt = picture ? `${name}: ${picture.name}` : "";
    const measure = picture?.width ? `${picture.width} × ${picture.height}, ` : "";
    note.replaceChildren(...(picture
      ? [el("span", {}, picture.name), " ", el("span", {}, measure + size(picture.file.size))] : []));
  }
  function tell(words) {
    error.textContent = words ?? "";
    show(error, Boolean(words));
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  const self = {
    element: box, picture: null, put, tell, focus: () => input.focus(), onFiles: () => {},
    async take(file) {
      put(await picture(file));
      onChange();
    },
  };
  return self;
}

/** A file with its measure, a small copy for lists, and whether a browser can show it. */
async function picture(file) {
  const made = { file, name: file.name || "picture.png", url: URL.createObjectURL(file), isShown: false };
  try {
    const bitmap = await createImageBitmap(file);
    const canvas = el("canvas", {});
    canvas.height = 96;
    canvas.width = Math.min(300, Math.round((bitmap.width * 96) / bitmap.height));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    Object.assign(made, {
      isShown: true, width: bitmap.width, height: bitmap.height, small: canvas.toDataURL("image/jpeg", 0.7),
    });
    bitmap.close();
  } catch {
    // Not a picture for this browser; the server will say what it is.
  }
  return made;
}

/** How long the server keeps a picture, in seconds: a day of trying. */
const life = 24 * 3600;

/** The address of a picture on the server; it is sent there before its first use. */
export function addressOf(picture) {
  if (!picture.address || Date.now() - picture.sent > (life / 2) * 1000) {
    picture.sent = Date.now();
    picture.address = upload(picture).catch((error) => {
      picture.address = null;
      throw error;
    });
  }
  return picture.address;
}

async function upload({ file, name }) {
  const type = file.type || "application/octet-stream";
  const { value } = await json("/storage/storage/upload/initiate?storage_type=fal-cdn-v3", {
    method: "POST", body: JSON.stringify({ file_name: name, content_type: type }),
    headers: {
      "Content-Type": "application/json",
      "X-Fal-Object-Lifecycle": JSON.stringify({ expiration_duration_seconds: life }),
    },
  });
  await call(ownPath(value.upload_url), {
    method: "PUT", body: file, isPublic: true, headers: { "Content-Type": type },
  });
  return value.file_url;
}

/** A number of bytes for people. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
