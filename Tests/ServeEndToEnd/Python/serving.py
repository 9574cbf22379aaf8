"""The real keyreel-serve as a process, and the plainest of clients; for the scripts beside this file."""

import base64
import http.client
import json
import os
import pathlib
import signal
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
import zlib

TINY = "test/tiny/flf2v"

# Seconds that anything may take on the slowest machine: only what fails waits so long.
PATIENCE = 180.0

# Holds a model of 64 by 48 pixels, so that clips take milliseconds; as a user would add an endpoint.
MODELS = pathlib.Path(__file__).resolve().parent / "models"


def png(red=200, green=120, blue=40, width=64, height=48):
    """A picture of one colour."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    rows = (b"\0" + bytes([red, green, blue]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def data_uri(picture):
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def tiny_input(prompt="a test", **more):
    return {"prompt": prompt, "image_url": data_uri(png()), "end_image_url": data_uri(png(40, 90, 200)), **more}


class Server:
    """One keyreel-serve after another over the same data folder."""

    def __init__(self, program, folder=None, *arguments, models=MODELS):
        self.program, self.models = str(program), models
        self.scratch = tempfile.TemporaryDirectory(prefix="keyreel-serve-test-") if folder is None else None
        self.folder = pathlib.Path(folder or self.scratch.name)
        self.arguments = list(arguments)
        self.process, self.urls, self.env, self.starts = None, {}, {}, 0

    @property
    def data(self):
        return self.folder / "data"

    @property
    def log(self):
        return self.folder / "server.log"

    def start(self, *arguments, limit=PATIENCE):
        self.starts += 1
        ready = self.folder / f"ready-{self.starts}.json"
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("FAL_KEY", "HTTPS_PROXY", "SSL_CERT_FILE", "NO_PROXY")}
        environment.update(KEYREEL_MODELS=str(self.models), XDG_CONFIG_HOME=str(self.folder))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--port", "0", "--data", str(self.data), "--ready-file", str(ready),
                 *self.arguments, *arguments],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + limit
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"the server did not come to listen:\n{self.tail()}")
            time.sleep(0.02)
        told = json.loads(ready.read_text())
        self.urls, self.env = told["urls"], told["env"]
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, limit=PATIENCE):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=limit)

    def tail(self, lines=60):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def resident(self):
        """Bytes of memory that the process holds."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the server's memory cannot be read")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Answer:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


connections = threading.local()

# The server closes connections that are silent for a minute; one that is older than this is not used again.
KEPT = 10.0


def call(method, url, body=None, key=None, headers=None, timeout=PATIENCE):
    """One call over a connection that is kept for the thread's next one; raises OSError or HTTPException."""
    parts = urllib.parse.urlsplit(url)
    known = getattr(connections, "known", None)
    if known is None:
        known = connections.known = {}
    connection, used = known.pop(parts.netloc, (None, 0.0))
    if connection is not None and time.monotonic() - used > KEPT:
        connection.close()
        connection = None
    if connection is None:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    fields = {"Authorization": f"Key {key}"} if key else {}
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
        fields["Content-Type"] = "application/json"
    fields.update(headers or {})
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body=body, headers=fields)
        answer = connection.getresponse()
        told = Answer(answer.status, answer.headers, answer.read())
    except Exception:
        connection.close()
        raise
    known[parts.netloc] = (connection, time.monotonic())
    return told
