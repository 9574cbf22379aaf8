// Plays the clip and goes to any of its frames.
import { byId, say, show } from "./dom.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The player: `open(url, rate, name)`, `close()`. */
export function player() {
  const [video, scrub, counter, play, loop, download] =
    ["video", "scrub", "counter", "play", "loop", "download"].map(byId);
  let rate = 30;
  let frames = 1;

  // The middle of a frame's time: no rounding leads to its neighbour.
  const timeOf = (frame) => (frame + 0.5) / rate;
  const frameAt = (time) => Math.max(0, Math.min(frames - 1, Math.floor(time * rate + 0.001)));

  function tell(frame) {
    scrub.value = frame;
    const seconds = (frame / rate).toFixed(2);
    say(counter, `${frame + 1} / ${frames} · ${seconds} s`);
    scrub.setAttribute("aria-valuetext", `Frame ${frame + 1} of ${frames}, ${seconds} seconds`);
    scrub.style.setProperty("--part", frames > 1 ? frame / (frames - 1) : 0);
  }
  function follow(_, about) {
    if (!video.paused) tell(frameAt(about ? about.mediaTime : video.currentTime));
    if (!video.paused) next();
  }
  const next = () =>
    video.requestVideoFrameCallback ? video.requestVideoFrameCallback(follow) : requestAnimationFrame(follow);
  function toggle() {
    if (video.paused) video.play().catch(() => {});
    else video.pause();
  }
  function told() {
    const isPlaying = !video.paused;
    play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    play.classList.toggle("playing", isPlaying);
    if (isPlaying) next();
  }

  video.addEventListener("loadedmetadata", () => {
    frames = Math.max(1, Math.round(video.duration * rate));
    scrub.max = frames - 1;
    tell(0);
    if (!calm.matches) video.play().catch(() => {});
  });
  for (const name of ["play", "pause", "ended"]) video.addEventListener(name, told);
  video.addEventListener("click", toggle);
  play.addEventListener("click", toggle);
  scrub.addEventListener("input", () => {
    video.pause();
    video.currentTime = timeOf(Number(scrub.value));
    tell(Number(scrub.value));
  });
  loop.addEventListener("click", () => {
    video.loop = !video.loop;
    loop.setAttribute("aria-pressed", String(video.loop));
  });

  let opened = null;
  return {
    open(url, frameRate, name) {
      show(video, true);
      show(byId("player"), true);
      if (opened === url) return;
      opened = url;
      rate = frameRate || 30;
      video.src = url;
      download.href = url;
      download.download = name;
    },
    close() {
      if (opened) {
        video.pause();
        video.removeAttribute("src");
        video.load();
      }
      opened = null;
      show(video, false);
      show(byId("player"), false);
    },
  };
}
