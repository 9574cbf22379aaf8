"""A real keyreel-serve for the playground's checks; it can be killed and started again."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time


class Server:
    """A server over a data folder; use it in a `with`."""

    def __init__(self, program, *arguments):
        self.program, self.arguments = program, arguments
        self.folder = tempfile.TemporaryDirectory(prefix="keyreel-playground-")
        self.log = open(os.path.join(self.folder.name, "log"), "ab")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.log.close()
        self.folder.cleanup()

    @property
    def data(self):
        return os.path.join(self.folder.name, "data")

    def start(self):
        """Starts it and waits until it listens."""
        ready = os.path.join(self.folder.name, "ready.json")
        if os.path.exists(ready):
            os.unlink(ready)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("FAL_", "KEYREEL_"))}
        self.process = subprocess.Popen(
            [self.program, "--port", str(self.port), "--data", self.data, "--ready-file", ready,
             *self.arguments], env=environment, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not start: " + self.words())
            time.sleep(0.02)
        with open(ready) as file:
            told = json.load(file)
        self.url, self.environment = told["urls"]["playground"], told["env"]
        self.key = self.environment["FAL_KEY"]
        self.origin = self.url.split("/#")[0]

    def kill(self):
        """Ends it at once, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def words(self):
        """What it wrote."""
        with open(self.log.name, "rb") as file:
            return file.read()[-2000:].decode(errors="replace")
