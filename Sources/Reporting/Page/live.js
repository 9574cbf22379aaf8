// Fetches the page again when its server says that there is a new one.
const place = "keyreel-scroll";
const kept = sessionStorage.getItem(place);
if (kept !== null) scrollTo(0, Number(kept));
addEventListener("pagehide", () => sessionStorage.setItem(place, String(scrollY)));
new EventSource("/changes").addEventListener("change", () => location.reload());
