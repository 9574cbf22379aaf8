"""A real headless Chromium, driven over its own debugging pipe: no driver, no packages.

The protocol is JSON messages, each ended by a zero byte, on the child's descriptors 3 and 4.
"""

import base64
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time

FLAGS = [
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-gpu", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
    "--metrics-recording-only", "--password-store=basic", "--lang=en-US",
]


class BrowserError(Exception):
    """The browser refused a command, or a wait came to its end."""


class Browser:
    """A browser with one page; use it in a `with`."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
        if program is None:
            raise BrowserError("there is no chromium; run scripts/setup --tests")
        self.folder = tempfile.mkdtemp(prefix="keyreel-browser-")
        flags = FLAGS + ["--user-data-dir=" + self.folder]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses its sandbox to root.
        there, ours = os.pipe()
        answers, back = os.pipe()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{there} 4>&{back}', "sh", program, *flags],
            pass_fds=(there, back), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(there)
        os.close(back)
        self.writer = os.fdopen(ours, "wb", buffering=0)
        self.reader = os.fdopen(answers, "rb")
        self.lock = threading.Lock()
        self.number = 0
        self.waiting = {}
        self.listeners = []
        threading.Thread(target=self._read, daemon=True).start()
        self.session = self.context = None
        self.listeners.append(self._note)
        self.fresh()

    def fresh(self):
        """Begins anew, as in a private window: one empty page, nothing kept, nothing noted."""
        self.session = None
        if self.context:
            self.call("Target.disposeBrowserContext", browserContextId=self.context)
        self.context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call(
            "Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.requests, self.console = [], []
        for domain in ("Page", "Runtime", "Network", "Log", "DOM", "Accessibility"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- The protocol ---

    def call(self, method, **parameters):
        """One command; its answer."""
        with self.lock:
            self.number += 1
            number = self.number
            box = self.waiting[number] = queue.Queue(1)
            message = {"id": number, "method": method, "params": parameters}
            if self.session:
                message["sessionId"] = self.session
            self.writer.write(json.dumps(message).encode() + b"\0")
        try:
            answer = box.get(timeout=180)
        except queue.Empty:
            raise BrowserError(f"the browser does not answer {method}") from None
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def _read(self):
        rest = b""
        while True:
            piece = self.reader.read1(1 << 16)
            if not piece:
                return
            *messages, rest = (rest + piece).split(b"\0")
            for text in messages:
                message = json.loads(text)
                box = self.waiting.pop(message.get("id"), None)
                if box is not None:
                    box.put(message)
                for listener in self.listeners if "method" in message else []:
                    listener(message["method"], message["params"])

    def _note(self, method, event):
        if method == "Network.requestWillBeSent":
            self.requests.append((event["request"]["method"], event["request"]["url"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.console.append(" ".join(str(a.get("value", a.get("description"))) for a in event["args"]))
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.console.append(str(details.get("exception", {}).get("description", details["text"])))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.console.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")

    # --- What a person does ---

    def open(self, url):
        """Goes to `url` and waits until the page is ready to be used."""
        if "#" in url:
            self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.until("document.documentElement.dataset.ready === 'true'")

    def run(self, script):
        """The value of a script, awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True,
            userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(str(details.get("exception", {}).get("description", details["text"])))
        return answer["result"].get("value")

    def until(self, script, seconds=180):
        """Waits until a script is true; its value."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = self.run(script)
            except BrowserError:
                value = None  # The page is being exchanged.
            if value:
                return value
            if time.monotonic() > end:
                raise BrowserError(f"waited {seconds} s in vain for: {script}")
            time.sleep(0.05)

    def waits(self, condition, seconds=180):
        """Waits until something of the test's own is true."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise BrowserError(f"waited {seconds} s in vain")
            time.sleep(0.02)

    def text(self, selector):
        """What an element says."""
        return self.run(f"document.querySelector({json.dumps(selector)}).innerText")

    def place(self, selector):
        """The middle of an element, brought into view."""
        box = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const b = e.getBoundingClientRect();"
            "return [b.x + b.width / 2, b.y + b.height / 2]; })()")
        return {"x": box[0], "y": box[1]}

    def click(self, selector):
        """A click of a real mouse."""
        place = self.place(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def drop(self, selector, *files):
        """Files dragged from the desktop onto an element."""
        place = self.place(selector)
        data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, data=data, **place)

    KEYS = {
        "Tab": (9, None), "Enter": (13, "\r"), "Escape": (27, None), "ArrowLeft": (37, None),
        "ArrowUp": (38, None), "ArrowRight": (39, None), "ArrowDown": (40, None), "Space": (32, " "),
    }

    def key(self, name, *, ctrl=False, shift=False):
        """A key of a real keyboard."""
        code, text = self.KEYS[name]
        common = {
            "key": " " if name == "Space" else name, "code": name, "windowsVirtualKeyCode": code,
            "modifiers": (2 if ctrl else 0) | (8 if shift else 0)}
        down = dict(common, type="keyDown" if text else "rawKeyDown")
        if text and not ctrl:
            down["text"] = text
        self.call("Input.dispatchKeyEvent", **down)
        self.call("Input.dispatchKeyEvent", **dict(common, type="keyUp"))

    def type(self, selector, text):
        """Replaces an input's text by typing."""
        self.run(f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
                 "for (let p = e.closest('details'); p; p = p.parentElement.closest('details')) p.open = true;"
                 "e.focus(); e.select(); })()")
        if text:
            self.call("Input.insertText", text=text)
        else:
            self.run("document.execCommand('delete')")

    def view(self, width, height, *, dark=False, calm=False, scale=1):
        """The window's size and the person's preferences."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}])

    def picture(self, file, *, whole=False):
        """A screenshot as a PNG file."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(file, "wb") as output:
            output.write(base64.b64decode(answer["data"]))
