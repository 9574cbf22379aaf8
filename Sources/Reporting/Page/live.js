// Fetches the page again when its server says that there is a new one.
const place = "keyreel-scroll";
const kept = sessionStorage.getItem(place);
if (kept !== null) scrollTo(0, Number(kept));
addEventListener("pagehide", () => sessionStorage.setItem(place, String(scrollY)));
const server = new EventSource("/changes");
server.addEventListener("change", () => location.reload());

// A pipeline with mistakes: the last film stays, and the mistakes stand above it.
const trouble = document.createElement("pre");
trouble.className = "trouble";
trouble.setAttribute("role", "alert");
server.addEventListener("trouble", event => {
  trouble.textContent = event.data;
  document.querySelector("main").prepend(trouble);
});
document.documentElement.dataset.live = "true";
