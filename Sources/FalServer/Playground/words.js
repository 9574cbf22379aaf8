// What went wrong, in words, and what to do about it.
import { Refused, Unreachable } from "./server.js";

const remedies = {
  content_policy_violation: "Change the prompt or the pictures; the model refuses this content.",
  file_download_error: "Give a picture that the server can reach.",
  image_load_error: "Choose a PNG, JPEG or WebP picture.",
  file_too_large: "Choose a smaller picture.",
  image_too_small: "Choose a larger picture.",
  image_too_large: "Choose a smaller picture.",
  no_media_generated: "Try again, with another seed.",
};

/** The server's own sentence, out of any of its bodies. */
export function sentence(body, text) {
  const detail = body?.detail ?? body?.error?.message ?? body?.error;
  if (Array.isArray(detail)) {
    return detail.map(({ loc = [], msg = "" }) => (loc[0] === "body" && loc[1] ? `${loc[1]}: ${msg}` : msg)).join("; ");
  }
  if (typeof detail === "string") return detail;
  return (text ?? "").startsWith("<") ? "" : (text ?? "").slice(0, 300);
}

/** The mistakes of an answer by the field's name; those of no field are under the empty name. */
export function mistakes(body) {
  const found = new Map();
  if (!Array.isArray(body?.detail)) return found;
  for (const { loc = [], msg = "", type = "" } of body.detail) {
    const name = loc[0] === "body" && typeof loc[1] === "string" ? loc[1] : "";
    const words = [msg.replace(/[.\s]*$/, "."), remedies[type]].filter(Boolean).join(" ");
    found.set(name, [...(found.get(name) ?? []), words]);
  }
  return found;
}

/** A title and what to do, for any failure. `{title, remedy, isKey, canAskAgain}` */
export function explain(error) {
  if (error instanceof Unreachable) {
    return {
      title: "The server does not answer",
      remedy: "Check that keyreel serve is running at this address.", isUnreachable: true,
    };
  }
  if (!(error instanceof Refused)) {
    return { title: "The page failed", remedy: String(error?.message ?? error) };
  }
  const said = sentence(error.body, error.text);
  switch (error.status) {
    case 401:
      return { title: "The key is missing or wrong", remedy: "Give a key of this server.", isKey: true };
    case 403:
      return { title: "This key may not do that", remedy: said || "Use another key.", isKey: true };
    case 404:
      return { title: "The server does not know this request", remedy: said || "It may be kept no longer." };
    case 410:
      return { title: "The result is kept no longer", remedy: "Generate the clip again." };
    case 413:
      return { title: "A picture is too large", remedy: "Choose a smaller one." };
    case 422:
      return { title: "The server refuses the input", remedy: said || "See the marked fields." };
    case 429:
      return {
        title: "Too many requests at once",
        remedy: `${said ? said + ". " : ""}Wait ${error.retryAfter ?? 10} seconds and press Generate again.`,
      };
    case 499:
      return { title: "Cancelled", remedy: "Nothing was made and nothing is billed.", isCancelled: true };
    case 504:
      return { title: "It took too long", remedy: said || "Ask for fewer frames or try again." };
    default:
      return {
        title: error.status >= 500 ? "The server failed" : `The server answered ${error.status}`,
        remedy: `${said || "It said nothing more"}. ${error.status >= 500 ? "Failures are not billed; press Generate to try again." : ""}`.trim(),
      };
  }
}
