// Plays a clip as a part of its film. The page is whole without this.
const links = [...document.querySelectorAll("a.play")];

function part(link) {
  const [numerator, denominator = 1] = link.dataset.rate.split("/").map(Number);
  const seconds = frames => frames * denominator / numerator;
  const from = Number(link.dataset.from);
  return { start: seconds(from), end: seconds(from + Number(link.dataset.frames)) };
}

const playing = new Map(); // The end of the part that a film was asked for.

for (const link of links) {
  const film = document.getElementById(link.hash.slice(1));
  if (!film) continue;
  link.addEventListener("click", event => {
    event.preventDefault();
    const { start, end } = part(link);
    playing.set(film, end);
    film.currentTime = start + 0.001;
    film.scrollIntoView({ block: "nearest", behavior: "smooth" });
    film.play().catch(() => {});
  });
}

for (const film of document.querySelectorAll(".screen video")) {
  const own = links.filter(link => link.hash === "#" + film.id).map(link => ({ link, ...part(link) }));
  film.addEventListener("timeupdate", () => {
    const end = playing.get(film);
    if (end !== undefined && film.currentTime >= end - 0.02) {
      playing.delete(film);
      film.pause();
    }
    for (const { link, start, end } of own) {
      link.classList.toggle("now", film.currentTime >= start && film.currentTime < end);
    }
  });
  // Who moves the film by hand wants to see on.
  film.addEventListener("seeked", () => {
    const end = playing.get(film);
    if (end !== undefined && film.currentTime > end) playing.delete(film);
  });
}

// Folded records are printed too.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const record of folded) record.open = true;
});
addEventListener("afterprint", () => { for (const record of folded) record.open = false; });

document.documentElement.dataset.ready = "true";
