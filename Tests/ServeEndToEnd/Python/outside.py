"""What the suites try the server with from outside: bare connections, its metrics, and scenarios told one by one.

A suite is called as SUITE.py KEYREEL-SERVE [NAME…] and prints `ok NAME` or `FAILED NAME: why` for each scenario.
"""

import pathlib
import socket
import ssl
import sys
import time
import urllib.parse

import scenarios
import serving
from serving import PATIENCE, TINY, Server, tiny_input

PROGRAM = pathlib.Path(sys.argv[1])


def server(*arguments, folder=None):
    return Server(PROGRAM, folder, "--backend", "instant", *arguments)


def place(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def raw(address, sent, tls=None, name=None, end=False, limit=PATIENCE):
    """What comes back until the server closes, after `sent` (pieces of bytes) over a bare connection."""
    with socket.create_connection(address, timeout=limit) as bare:
        line = tls.wrap_socket(bare, server_hostname=name) if tls else bare
        for piece in sent if isinstance(sent, list) else [sent]:
            line.sendall(piece)
        if end:
            line.shutdown(socket.SHUT_WR)
        return read_all(line)


def read_all(line):
    got = b""
    try:
        while piece := line.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    except TimeoutError:
        raise AssertionError(f"the connection stays open after {got[:300]}") from None
    return got


def status(answer):
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])


def trust(running):
    context = ssl.create_default_context(cafile=running.env["SSL_CERT_FILE"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def submit(running, query="", **more):
    answer = serving.call("POST", f"{running.urls['queue']}/{TINY}{query}", tiny_input(**more), running.env["FAL_KEY"])
    assert answer.status == 200, (answer.status, answer.body)
    return answer.json()["request_id"]


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
    return value


def is_closed(address):
    try:
        socket.create_connection(address, timeout=PATIENCE).close()
    except OSError:
        return True
    return False


def metrics(running):
    return serving.call("GET", running.urls["queue"].removesuffix("/queue") + "/metrics").body


def status_of(running, job):
    app = "/".join(TINY.split("/")[:2])
    return serving.call("GET", f"{running.urls['queue']}/{app}/requests/{job}/status", key=running.env["FAL_KEY"]).json()


def run(*functions):
    """Plays the scenarios, or those that are named; the process ends with 1 when one failed."""
    scenarios.play({function.__name__: function for function in functions})
