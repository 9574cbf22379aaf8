"""A film in a real Chromium: it plays to its end, and every frame asked for is the one that is shown.

    python3 play_film.py FILM RATE FRAME,FRAME,…

RATE is frames per second. The judge of pictures is ffmpeg's own decoding of the film, in order. Ends
with 1 and a sentence on standard error when something is wrong.
"""

import base64
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "ServeEndToEnd" / "Python"))

from playground_browser import Browser  # noqa: E402

WIDTH, HEIGHT = 96, 64
# Seconds after which a picture that is not shown is a wrong one.
PATIENCE = 20

PAGE = """<!doctype html><meta charset="utf-8"><title>film</title><video muted preload="auto"></video><script>
const video = document.querySelector('video');
video.addEventListener('loadeddata', () => document.documentElement.dataset.ready = 'true');
video.addEventListener('error', () => console.error('video: ' + video.error.message));
const canvas = new OffscreenCanvas(%d, %d);
const pen = canvas.getContext('2d', { willReadFrequently: true });
const seen = () => {
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let text = '';
  for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i], data[i + 1], data[i + 2]);
  return btoa(text);
};
const show = (time) => new Promise((done) => {
  // The picture is there once it was handed to be drawn; a seek to the same picture hands none.
  video.addEventListener('seeked', () => setTimeout(() => done(seen()), 0), { once: true });
  video.currentTime = time;
});
const play = () => new Promise((done) => {
  video.addEventListener('ended', () => {
    const told = video.getVideoPlaybackQuality();
    done([video.currentTime, video.duration, told.corruptedVideoFrames]);
  }, { once: true });
  video.currentTime = 0;
  video.playbackRate = 4;
  video.play();
});
video.src = 'data:video/mp4;base64,' + '%s';
</script>"""


def decoded(film):
    """Every frame of the film, small, as ffmpeg decodes it from its beginning on."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", film, "-fps_mode", "passthrough", "-vf",
         f"scale={WIDTH}:{HEIGHT}:in_color_matrix=bt709:in_range=tv,format=rgb24", "-f", "rawvideo", "-"],
        check=True, capture_output=True).stdout
    length = WIDTH * HEIGHT * 3
    return [raw[start:start + length] for start in range(0, len(raw), length)]


def difference(left, right):
    assert len(left) == len(right), f"a picture of {len(left)} bytes instead of {len(right)}"
    return sum(abs(a - b) for a, b in zip(left, right)) / len(left)


def look(browser, frames, frame, seek):
    """Seeks, and looks until the frame that was asked for is shown: a busy machine draws it a little later."""
    around = range(max(0, frame - 3), min(len(frames), frame + 4))
    end = time.monotonic() + PATIENCE
    shown = browser.run(seek)
    while True:
        errors = {other: difference(base64.b64decode(shown), frames[other]) for other in around}
        nearest = min(errors, key=errors.get)
        if errors[frame] < errors[nearest] + 0.25 and errors[frame] < 6:
            return
        assert time.monotonic() < end, f"asked for frame {frame}, frame {nearest} is shown: {errors}"
        time.sleep(0.05)
        shown = browser.run("seen()")


def main():
    film, rate = sys.argv[1], float(sys.argv[2])
    wanted = [int(frame) for frame in sys.argv[3].split(",")]
    frames = decoded(film)
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        page = pathlib.Path(folder) / "film.html"
        page.write_text(PAGE % (WIDTH, HEIGHT, base64.b64encode(pathlib.Path(film).read_bytes()).decode()))
        browser.open(page.as_uri())
        duration = browser.run("video.duration")
        assert abs(duration - len(frames) / rate) < 0.002, f"it lasts {duration} s"
        for frame in wanted:
            look(browser, frames, frame, f"show({(frame + 0.5) / rate})")
        end, duration, corrupted = browser.run("play()")
        assert abs(end - duration) < 0.05 and corrupted == 0, f"ended at {end} of {duration}, {corrupted} corrupted"
        assert not browser.console, f"console: {browser.console}"


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"play_film: {error}")
