"""Broken requests, limits, and what the log and the metrics say.

usage: limits_suite.py KEYREEL-SERVE [NAME…]; see outside.py.
"""

import json
import socket

import serving
from outside import metrics, place, raw, read_all, run, server, status, status_of, submit, wait_for
from serving import PATIENCE, TINY, tiny_input


def broken_requests_get_json_answers():
    with server() as running:
        address = place(running.urls["queue"])
        cases = {
            b"GET /healthz HTTP/1.1\r\n\r\n": 400,
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": 400,
            b"GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n": 400,
            b"GET /healthz HTTP/1.1\r\nHost: a\"b\r\nConnection: close\r\n\r\n": 400,
            b"hello\r\n\r\n": 405,
            b"GET nonsense\r\n\r\n": 400,
            b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n": 405,
            b"DELETE /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": 405,
            b"TRACE /queue/test/tiny/flf2v HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": 405,
            b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": 404,
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70000 + b"\r\n\r\n": 431,
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(b"H%d: y\r\n" % n for n in range(200)) + b"\r\n": 431,
            b"GET /" + b"y" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 414,
            b"GET /" + b"y" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 431,
            b"POST /queue/test/tiny/flf2v HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n": 400,
            b"POST /queue/test/tiny/flf2v HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n": 400,
            b"GET /queue/test/tiny HTTP/1.1\r\nHost: x\r\nx-fal-target-url: https://evilfal.run/x\r\nConnection: close\r\n\r\n": 403,
            b"GET /queue/test/tiny HTTP/1.1\r\nHost: x\r\nx-fal-target-url: http://queue.fal.run/x\r\nConnection: close\r\n\r\n": 403,
        }
        for request, expected in cases.items():
            got = raw(address, request, limit=10)
            assert status(got) == expected, (request[:80], got[:300])
            assert json.loads(got.split(b"\r\n\r\n", 1)[1])["detail"], got
        assert b"4xx" in metrics(running)
        long = b"GET /" + b"y" * (8 << 20)
        before = running.resident()
        try:
            assert raw(address, long) == b"" or True
        except (BrokenPipeError, ConnectionError):
            pass
        assert running.resident() - before < 40 << 20
        # HEAD wherever GET is, with GET's length and no body.
        get = raw(address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head = raw(address, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status(head) == 200 and head.endswith(b"\r\n\r\n") and b"Content-Length: 3" in head, head
        assert get.endswith(b"ok\n")
        # A client that asks whether its body is welcome is told at once.
        with socket.create_connection(address, timeout=PATIENCE) as line:
            body = json.dumps(tiny_input()).encode()
            line.sendall(b"POST /queue/test/tiny/flf2v HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
                         + f"Authorization: Key {running.env['FAL_KEY']}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            assert line.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            line.sendall(body)
            assert status(read_all(line)) == 200


def the_log_and_the_metrics_hold_no_secrets():
    with server("--log-level", "debug") as running:
        job = submit(running, "?fal_webhook=https://127.0.0.1/secret-path-5511", prompt="secret-prompt-5512")
        wait_for(lambda: status_of(running, job)["status"] == "COMPLETED")
        app = "/".join(TINY.split("/")[:2])
        video = serving.call("GET", f"{running.urls['queue']}/{app}/requests/{job}", key=running.env["FAL_KEY"]).json()["video"]["url"]
        serving.call("GET", video)
        serving.call("GET", running.urls["queue"] + "/x/y?secret-query-5513=1", key="wrong:secret-key-5514")
        # A line may be written after its answer was read.
        wait_for(lambda: "service=media" in running.tail(10000))
        text = running.tail(10000) + metrics(running).decode()
        secrets = ["5511", "5512", "5513", "5514", running.env["FAL_KEY"].split(":")[1], video.split("/")[-2]]
        assert not [word for word in secrets if word in text], text
        lines = [line for line in text.splitlines() if "answered" in line]
        assert any("route=submit" in line and f"request={job}" in line and "status=200" in line for line in lines), text
        assert any("service=media" in line for line in lines)


run(
    broken_requests_get_json_answers,
    the_log_and_the_metrics_hold_no_secrets,
)
