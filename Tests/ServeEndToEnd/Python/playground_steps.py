"""Steps that the playground's scenarios have in common."""

import dataclasses
import sqlite3
import urllib.parse
from pathlib import Path

from playground_server import Server

ROOT = Path(__file__).resolve().parents[3]
STILLS = ROOT / "examples" / "lake-day" / "stills"
DAWN, DUSK = STILLS / "dawn.jpg", STILLS / "dusk.jpg"
STATE = "document.querySelector('#screen').dataset.state"


@dataclasses.dataclass
class Bench:
    """The servers of a run: one that answers at once, one that renders; the main tool, if built."""

    quick: Server
    real: Server
    keyreel: str | None


def clean(browser, bench):
    """No scenario may leave a complaint of the browser, a foreign request or a key in an address."""
    own = (bench.quick.origin, bench.real.origin, "blob:", "data:", "about:")
    for method, url in browser.requests:
        assert url.startswith(own), f"a request left the server: {method} {url[:200]}"
        for server in (bench.quick, bench.real):
            assert server.key not in urllib.parse.unquote(url), f"the key is in {url}"
    assert not browser.console, "the browser complains: " + " | ".join(browser.console)


def expected(browser, *words):
    """Takes complaints about a failure that a scenario brings about on purpose."""
    browser.console[:] = [c for c in browser.console if not any(word in c for word in words)]


def fill(browser, server, *, prompt="mist burns off", frames=30):
    """Opens the page and fills the form in."""
    browser.open(server.url)
    browser.drop(".slot", DAWN, DUSK)
    browser.until("document.querySelectorAll('.well img:not([hidden])').length === 2")
    browser.type("#f-prompt", prompt)
    browser.type("#f-num_frames", str(frames))


def generate(browser, state="done", seconds=240):
    """Presses the button and waits for a state."""
    browser.click("#generate")
    browser.until(f"{STATE} === '{state}'", seconds)


def posts(browser):
    """Submissions of the page."""
    return [url for method, url in browser.requests if method == "POST" and "/queue/" in url]


def jobs(server, wanted="count(*)"):
    """A figure of the server's own database: how many jobs, or something of the newest."""
    database = sqlite3.connect(f"file:{server.data}/queue.sqlite?mode=ro", uri=True)
    try:
        return database.execute(
            f"SELECT {wanted} FROM jobs JOIN inputs ON inputs.job = jobs.number "
            "ORDER BY jobs.number DESC LIMIT 1").fetchone()[0]
    finally:
        database.close()
