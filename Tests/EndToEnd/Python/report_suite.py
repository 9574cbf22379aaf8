"""A report and a watched page in a real Chromium.

    python3 report_suite.py still PAGE…          every page keeps what pages must keep
    python3 report_suite.py film PAGE            its film and its clips play
    python3 report_suite.py captions PAGE LANGUAGE WORDS   the player shows these first
    python3 report_suite.py live KEYREEL FOLDER  film.yaml is watched while it is written

Ends with 1 and a sentence on standard error when something is wrong.
"""

import pathlib
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "ServeEndToEnd" / "Python"))

import playground_checks as checks  # noqa: E402
from playground_browser import Browser  # noqa: E402

HEADINGS = """(() => {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]));
  return levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).length;
})()"""

PICTURES = """Promise.all([...document.images].map((image) => {
  image.loading = 'eager';
  return image.decode().then(() => image.naturalWidth > 0, () => false);
})).then((all) => all.every(Boolean))"""

# The frame that a video shows before it plays: it is there, and it is not black.
POSTERS = """Promise.all([...document.querySelectorAll('video')].map(async (video) => {
  const image = new Image();
  image.src = video.poster;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [8, 8];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, 8, 8);
  return context.getImageData(0, 0, 8, 8).data.some((value, place) => place % 4 < 3 && value > 40);
})).then((all) => all.every(Boolean), () => false)"""


def silent(browser, page):
    """The page said nothing and asked nobody for anything but itself."""
    asked = {url for _, url in browser.requests if not url.startswith("data:")}
    assert asked <= {page}, f"asked for {asked - {page}}"
    assert not browser.console, f"console: {browser.console}"


def still(browser, pages):
    for page in pages:
        browser.fresh()
        for width, dark in ((1280, False), (1280, True), (360, False), (360, True)):
            browser.view(width, 800, dark=dark)
            browser.open(page)
            browser.run("document.querySelectorAll('details').forEach((d) => d.open = true)")
            where = f"{page} at {width}{' dark' if dark else ''}"
            checks.everything(browser, where)
            assert browser.run(PICTURES), f"{where}: a picture cannot be shown"
            assert browser.run(POSTERS), f"{where}: a video shows nothing before it plays"
            assert browser.run(HEADINGS) == 0, f"{where}: a heading skips a level"
            small = browser.run(checks.SMALL)
            assert width > 400 or not small, f"{where}: {small}"
            for landmark in ("header", "nav", "main", "footer"):
                assert browser.run(f"!!document.querySelector('{landmark}')"), f"no {landmark}"
        keyboard(browser)
        paper(browser)
        silent(browser, page)
        without_script(browser, page)


def keyboard(browser):
    """Everything that can be used is reached with the tab key, and is seen to be."""
    browser.view(1280, 800)
    browser.run("document.activeElement.blur(); scrollTo(0, 0)")
    browser.key("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    wanted = browser.run("document.querySelectorAll('a[href], summary, video[controls]').length")
    seen = 1
    for _ in range(wanted * 12):
        browser.key("Tab")
        state = browser.run("(() => { const e = document.activeElement; if (e === document.body) return 'end';"
                            "if (e.dataset.seen) return ''; e.dataset.seen = '1';"
                            "return getComputedStyle(e).outlineStyle === 'none' && e.tagName !== 'VIDEO' ? 'hidden' : 'new'; })()")
        assert state != "hidden", "a focus that nobody sees"
        seen += state == "new"
        if state == "end" or seen >= wanted:
            break
    assert seen >= wanted, f"{seen} of {wanted} are reached with the keyboard"


def paper(browser):
    """On paper every record is open, and nothing is cut off at the side."""
    browser.run("document.querySelectorAll('details').forEach((d) => d.open = false)")
    browser.call("Emulation.setEmulatedMedia", media="print")
    wide = browser.run(checks.SIDEWAYS)
    assert not wide, f"print: {wide}"
    data = browser.call("Page.printToPDF", printBackground=True)["data"]
    assert len(data) > 10_000
    browser.call("Emulation.setEmulatedMedia", media="")


def without_script(browser, page):
    """All is told without JavaScript."""
    told = browser.run("document.body.textContent")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Page.navigate", url="about:blank")
    browser.call("Page.navigate", url=page)
    browser.until("!!document.querySelector('footer')")
    assert browser.run("document.documentElement.dataset.ready ?? ''") == "", "a script ran"
    assert browser.run("document.body.textContent") == told, "without its script the page tells less"
    assert browser.run("document.querySelector('main').getBoundingClientRect().height") > 300
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


def film(browser, page):
    browser.view(1280, 900)
    browser.open(page)
    browser.until("[...document.querySelectorAll('video')].every((v) => v.readyState >= 1)")
    assert browser.run("document.querySelectorAll('.screen video').length") == 1
    assert browser.run(POSTERS), "a video shows nothing before it plays"
    for number in (1, 0):
        browser.click(f".step:nth-child({number + 1}) a.play")
        browser.until("document.querySelector('.screen video').currentTime > 0")
        end = browser.run(
            f"(() => {{ const d = document.querySelectorAll('a.play')[{number}].dataset;"
            "return (Number(d.from) + Number(d.frames)) / eval(d.rate); })()")
        browser.until("document.querySelector('.screen video').paused")
        stopped = browser.run("document.querySelector('.screen video').currentTime")
        assert abs(stopped - end) < 0.35, f"clip {number} stopped at {stopped}, not at {end}"
    assert browser.run("document.querySelector('.screen video').videoWidth") > 0
    silent(browser, page)


def captions(browser, page, language, words):
    """The player shows the film's captions without being asked."""
    browser.view(1280, 900)
    browser.open(page)
    browser.until("document.querySelector('.screen video').readyState >= 1")
    browser.run("document.querySelector('.screen video').currentTime = 0.1")
    track = "document.querySelector('.screen video').textTracks[0]"
    browser.until(f"({track}.activeCues || []).length > 0")
    assert browser.run(f"{track}.language") == language
    shown = browser.run(f"{track}.activeCues[0].getCueAsHTML().textContent")
    assert shown == words, f"{shown!r} is shown"
    silent(browser, page)


def live(browser, keyreel, folder):
    """A pipeline is written, broken and mended while it is watched."""
    folder = pathlib.Path(folder)
    pipeline = folder / "film.yaml"
    first = pipeline.read_text()
    watch = subprocess.Popen(
        [keyreel, "watch", "film.yaml"], cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        address = watch.stderr.readline().strip()
        told = []
        threading.Thread(target=lambda: told.extend(iter(watch.stderr.readline, "")), daemon=True).start()
        browser.view(1280, 900)
        browser.call("Page.navigate", url=address)
        source = "document.querySelector('.screen video')?.currentSrc"
        ready = "document.querySelector('.screen video')?.readyState >= 1"
        browser.until(ready)
        before = browser.run(source)
        # Saved as editors do: a draft beside the file, exchanged with it.
        draft = folder / ".film.yaml.draft"
        draft.write_text(first.replace("clouds", "thunder"))
        draft.replace(pipeline)
        browser.until(f"{ready} && {source} !== {before!r}")
        browser.until("document.body.innerText.includes('thunder')")
        checks.everything(browser, "a watched page")
        assert browser.run(POSTERS), "the watched film shows nothing before it plays"
        before = browser.run(source)
        pipeline.write_text(first + "sequences: [")
        browser.until("document.querySelector('[role=alert]')?.textContent.includes('film.yaml')")
        assert browser.run(source) == before, "a mistake takes the film away"
        checks.everything(browser, "a page with a mistake")
        # A still that takes another's place.
        pipeline.write_text(first)
        browser.until(f"{ready} && {source} !== {before!r} && !document.querySelector('[role=alert]')")
        before = browser.run(source)
        draft.write_bytes((folder / "stills/3.png").read_bytes())
        draft.replace(folder / "stills/0.png")
        browser.until(f"{ready} && {source} !== {before!r}")
        strangers(address)
        foreign = [u for _, u in browser.requests if not u.startswith((address, "data:", "about:"))]
        assert not foreign, f"asked for {foreign}"
        assert not browser.console, f"console: {browser.console}"
        assert not (folder / "films").exists(), "a preview took a film's place"
    finally:
        watch.send_signal(signal.SIGTERM)
    assert watch.wait(timeout=60) == 143, f"ended with {watch.returncode}"


def strangers(address):
    """Nothing is for other hosts, nothing else is there, and nothing can be changed."""
    def status(path="", **options):
        try:
            request = urllib.request.Request(address + path, **options)
            return urllib.request.urlopen(request, timeout=60).status
        except urllib.error.HTTPError as error:
            return error.code

    assert status() == 200
    assert status(headers={"Host": "example.com"}) == 403
    assert status("../film.yaml") == status("film.yaml") == status("film-9.mp4") == 404
    assert status(data=b"x") == 405
    assert status("film-0.mp4", headers={"Range": "bytes=2-5"}) == 206


def main():
    what, *places = sys.argv[1:]
    with Browser() as browser:
        if what == "still":
            still(browser, places)
        elif what == "film":
            film(browser, places[0])
        elif what == "captions":
            captions(browser, *places)
        else:
            live(browser, *places)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(str(error))
