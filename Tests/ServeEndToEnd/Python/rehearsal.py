"""A server that plays faults, for suites whose first argument is the program."""

import http.client
import sqlite3
import sys
import time

from serving import PATIENCE, Server, TINY, call, tiny_input

PROGRAM = sys.argv[1]
APP = "/".join(TINY.split("/")[:2])


class Rehearsal:
    """A server that plays the faults of `script`."""

    def __init__(self, script, *arguments):
        self.server = Server(PROGRAM, None, "--backend", "instant", "--concurrency", "1", *arguments)
        file = self.server.folder / "faults.yaml"
        file.write_text(script)
        self.server.arguments += ["--faults", str(file)]

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *error):
        if error[0]:
            print(self.server.tail(15))
        self.server.__exit__()

    @property
    def key(self):
        return self.server.env["FAL_KEY"]

    def submit(self, **more):
        return call("POST", f"{self.server.urls['queue']}/{TINY}", body=tiny_input(**more), key=self.key)

    def ask(self, rest, method="GET", **more):
        return call(method, f"{self.server.urls['queue']}/{APP}/requests/{rest}", key=self.key, **more)

    def ended(self, id):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.ask(f"{id}/status?logs=1")
            if answer.status == 200:
                return answer.json()
            time.sleep(0.02)
        raise AssertionError(f"{id} does not end")

    def result(self, **more):
        """The result of a new job."""
        id = self.submit(**more).json()["request_id"]
        self.ended(id)
        return self.ask(id)

    def jobs(self):
        database = sqlite3.connect(f"file:{self.server.data / 'queue.sqlite'}?mode=ro", uri=True)
        with database:
            return database.execute("SELECT count(*) FROM jobs").fetchone()[0]


def broken(function):
    """Whether the connection ended without a whole answer."""
    try:
        function()
    except (OSError, http.client.HTTPException):
        return True
    return False
