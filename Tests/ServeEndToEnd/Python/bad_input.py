#!/usr/bin/env python3
"""Whatever clients do wrong, keyreel-serve answers with a documented error, stays up and stays small.

usage: bad_input.py PROGRAM

Prints one line per case and ends with 1 when any fails.
"""

import json
import resource
import socket
import sys
import time
import traceback
import urllib.parse

from serving import PATIENCE, Server, TINY, call, data_uri, png, tiny_input

APP = "fal-ai/framepack/flf2v"
GOOD = {"prompt": "a", "image_url": data_uri(png()), "end_image_url": data_uri(png()), "num_frames": 30}
MEBIBYTE = 1 << 20


class Cases:
    def __init__(self, server):
        self.server = server
        self.key = server.env["FAL_KEY"]
        self.queue, self.run, self.media = (server.urls[name] for name in ("queue", "run", "media"))
        self.netloc = urllib.parse.urlsplit(self.queue).netloc
        host, port = self.netloc.rsplit(":", 1)
        self.place = (host, int(port))

    # --- Ways to ask ---------------------------------------------------------------------------------

    def raw(self, data, timeout=20.0, until_close=False):
        """Sends bytes as they are and returns what comes back within the time."""
        with socket.create_connection(self.place, timeout=timeout) as connection:
            connection.settimeout(timeout)
            answer = b""
            try:
                connection.sendall(data)
            except OSError:
                pass
            try:
                while piece := connection.recv(65536):
                    answer += piece
                    if not until_close and b"\r\n\r\n" in answer:
                        break
            except OSError:
                pass
            return answer

    def head(self, method, path, **headers):
        fields = {"Host": self.netloc, "Authorization": f"Key {self.key}"} | headers
        return (f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + "\r\n").encode()

    @staticmethod
    def status(answer):
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None

    def refused(self, answer, *statuses):
        assert answer.status in statuses, f"{answer.status}, not {statuses}: {answer.body[:300]}"
        told = answer.json()
        assert "detail" in told or "error" in told, told
        return told

    def ended(self, input, timeout=PATIENCE):
        """The answer of a run with `input` as it stands."""
        return call("POST", f"{self.run}/{APP}", body=input, key=self.key, timeout=timeout,
                    headers={"Content-Type": "application/json"})

    # --- Cases ---------------------------------------------------------------------------------------

    def bad_json(self):
        for text in (b"", b"{", b"[]", b"null", b"3", b"\xff\xfe", b'{"a":1}x', b"[" * 100_000, b'{"prompt":"\\ud800"}',
                     b'{"a":' * 5000, b"NaN", b'{"prompt": 1e999999}'):
            answer = self.ended(text)
            told = self.refused(answer, 422)
            assert isinstance(told["detail"], list) and told["detail"][0]["loc"][0] == "body", told

    def wrong_types(self):
        wrong = {
            "prompt": [1, None, {}, "x" * 501], "num_frames": ["many", 29, 1801, 30.5, None, [], 10**400],
            "cfg_scale": [-1, 7.1, "a"], "aspect_ratio": ["1:1", 3], "seed": ["x", 1.5], "strength": [2, -0.1],
            "enable_safety_checker": ["maybe", 7], "image_url": [1, None, ["a"], ""],
        }
        for name, values in wrong.items():
            for value in values:
                if name == "seed" and value is None:
                    continue
                told = self.refused(self.ended({**GOOD, name: value}), 422)
                places = [entry["loc"] for entry in told["detail"]]
                assert ["body", name] in places, (name, value, told)

    def bad_pictures(self):
        for address in ("data:image/png;base64,!!!", "ftp://e/x", "file:///etc/passwd",
                        "http://127.0.0.1:1/x.png", "https://[::1]/x.png", "https://169.254.169.254/latest/meta-data",
                        "//e/x.png", "x", "https://", "http://user:pw@127.0.0.1/", "https://0x7f.1/x.png"):
            told = self.refused(self.ended({**GOOD, "image_url": address}), 422)
            assert told["detail"][0]["loc"] == ["body", "image_url"], told
            assert "root:" not in json.dumps(told), told

    def oversized(self):
        size = 64 * MEBIBYTE
        announced = self.raw(self.head("POST", f"/queue/{APP}", **{"Content-Length": size}) + b"x" * 1000, timeout=PATIENCE)
        assert self.status(announced) in (413, None), announced[:200]
        chunks = self.head("POST", f"/queue/{APP}", **{"Transfer-Encoding": "chunked"})
        with socket.create_connection(self.place, timeout=PATIENCE) as connection:
            sent, answer = 0, b""
            try:
                connection.sendall(chunks)
                piece = b"100000\r\n" + b"y" * MEBIBYTE + b"\r\n"
                while sent < size:
                    connection.sendall(piece)
                    sent += MEBIBYTE
                connection.sendall(b"0\r\n\r\n")
                answer = connection.recv(65536)
            except OSError:
                try:
                    answer = connection.recv(65536)
                except OSError:
                    answer = b""
        assert self.status(answer) in (413, None), answer[:200]
        answer = call("POST", f"{self.queue}/{APP}", body=b"z" * (33 * MEBIBYTE), key=self.key, timeout=PATIENCE)
        self.refused(answer, 413)

    def unknown(self):
        for path in ("/fal-ai/framepack/requests/nobody/status", "/fal-ai/framepack/requests/" + "a" * 64,
                     "/fal-ai/other/requests/00000000-0000-0000-0000-000000000000/status"):
            self.refused(call("GET", self.queue + path, key=self.key), 404)
        self.refused(call("PUT", self.queue + "/fal-ai/framepack/requests/none/cancel", key=self.key), 404)
        self.refused(call("POST", f"{self.queue}/nobody/nothing", body=GOOD, key=self.key), 404)
        self.refused(call("GET", f"{self.media}/files/b/{'0' * 32}/x.mp4"), 404)
        self.refused(call("DELETE", f"{self.queue}/{APP}", key=self.key), 405)
        answer = call("POST", f"{self.queue}/{TINY}", body=tiny_input(), key=self.key)
        id = answer.json()["request_id"]
        # The request is there, but not under another application's name.
        self.refused(call("GET", f"{self.queue}/fal-ai/framepack/requests/{id}/status", key=self.key), 404)

    def paths(self):
        for path in ("/media/files/b/../../../../etc/passwd", "/media/files/b/..%2f..%2fqueue.sqlite/x",
                     "/media/%2e%2e/key", "/queue/../key", "/media/files/b/" + "0" * 32 + "/..%2f..%2fkey",
                     "/queue/fal-ai/%2e%2e/requests/a/status", "/media/files/b/%00/x", "//etc/passwd", "/..;/key",
                     "/media/files/b/" + "a" * 4000, "/queue/" + "a/" * 2000, "/%ff%fe", "/queue/fal-ai/framepack\\flf2v"):
            answer = self.raw(self.head("GET", path))
            assert 400 <= (self.status(answer) or 400) < 500, (path, answer[:200])
            assert b"root:" not in answer and self.key.encode() not in answer, path

    def broken_requests(self):
        for data in (b"\x00" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                     self.head("GET", "/healthz", **{"Host": "a b"}), self.head("GET", "/healthz", **{"Content-Length": "-1"}),
                     self.head("POST", f"/queue/{APP}", **{"Transfer-Encoding": "chunked"}) + b"zz\r\n\r\n",
                     self.head("POST", f"/queue/{APP}", **{"Content-Length": "5", "Transfer-Encoding": "chunked"}) + b"0\r\n\r\n",
                     self.head("GET", "/healthz", **{"X-Long": "a" * 200_000}),
                     b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
                     b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"):
            status = self.status(self.raw(data, timeout=8))
            assert status is None or 200 <= status < 500, (data[:60], status)

    def bad_headers(self):
        for name, value in (("X-Fal-Request-Timeout", "soon"), ("X-Fal-Request-Timeout", "-1"),
                            ("X-Fal-Object-Lifecycle-Preference", "{"), ("X-Fal-Object-Lifecycle-Preference", "[]")):
            answer = call("POST", f"{self.queue}/{APP}", body=GOOD, key=self.key, headers={name: value})
            assert answer.status in (200, 422), (name, value, answer.status, answer.body)
        for value in ("https://evilfal.run/x", "http://queue.fal.run/x", "https://queue.fal.run@evil/", "x", "https://127.0.0.1/"):
            answer = call("GET", f"http://{self.netloc}/api/fal/proxy", key=self.key, headers={"x-fal-target-url": value})
            self.refused(answer, 403)
        for value in ("", "Key", "Key ", "Key a", "Key a:b", "Basic YTpi", "Key " + "x" * 5000, "key\tx"):
            answer = call("GET", f"{self.queue}/fal-ai/framepack/requests/a/status", headers={"Authorization": value})
            self.refused(answer, 401)

    def aborted_uploads(self):
        files = len(list((self.server.data).rglob("*")))
        for _ in range(20):
            with socket.create_connection(self.place, timeout=PATIENCE) as connection:
                connection.sendall(self.head("POST", f"/queue/{APP}", **{"Content-Length": 10 * MEBIBYTE}) + b"x" * MEBIBYTE)
        begun = call("POST", self.server.urls["storage"] + "/storage/upload/initiate?storage_type=fal-cdn-v3", key=self.key,
                     body={"file_name": "../../../etc/passwd\u0000é.png", "content_type": "image/png"})
        assert begun.status in (200, 422), begun.body
        if begun.status == 200:
            target = urllib.parse.urlsplit(begun.json()["upload_url"])
            for _ in range(20):
                with socket.create_connection(self.place, timeout=PATIENCE) as connection:
                    connection.sendall((f"PUT {target.path}?{target.query} HTTP/1.1\r\nHost: {self.netloc}\r\n"
                                        f"Content-Length: {10 * MEBIBYTE}\r\n\r\n").encode() + b"x" * MEBIBYTE)
            sent = call("PUT", begun.json()["upload_url"], body=png())
            assert 200 <= sent.status < 300, (sent.status, sent.body)
            assert call("GET", begun.json()["file_url"]).body == png()
        end = time.monotonic() + PATIENCE
        while len(list(self.server.data.rglob("*"))) > files + 4:
            assert time.monotonic() < end, "aborted uploads leave files behind"
            time.sleep(0.2)

    def slow_clients(self):
        """Clients that send a byte now and then do not keep others waiting."""
        slow = []
        for index in range(200):
            connection = socket.create_connection(self.place, timeout=PATIENCE)
            connection.sendall(b"POST /queue/" if index % 2 else self.head("POST", f"/queue/{APP}", **{"Content-Length": 1000}))
            slow.append(connection)
        for _ in range(5):
            for connection in slow:
                try:
                    connection.sendall(b"a")
                except OSError:
                    pass
            self.alive()
        for connection in slow:
            connection.close()

    def idle_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(2000, hard - 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + 200)), hard))
        idle = []
        try:
            for _ in range(count):
                try:
                    idle.append(socket.create_connection(self.place, timeout=PATIENCE))
                except OSError:
                    break
            assert len(idle) > 100, len(idle)
            # With all the places taken, new calls may wait or be turned away, but the server lives.
            self.server.process.poll()
            assert self.server.process.poll() is None
        finally:
            for connection in idle:
                connection.close()
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.alive()
            except OSError:
                assert time.monotonic() < end, "the server does not come back from many connections"
                time.sleep(0.2)

    def gone_readers(self):
        """Streams and downloads whose readers go away end."""
        answer = call("POST", f"{self.queue}/{TINY}", body=tiny_input(num_frames=60), key=self.key).json()
        path = urllib.parse.urlsplit(answer["status_url"]).path
        for _ in range(50):
            with socket.create_connection(self.place, timeout=PATIENCE) as connection:
                connection.sendall(self.head("GET", f"{path}/stream?logs=1"))
                connection.recv(100)

    def alive(self):
        answer = call("GET", f"http://{self.netloc}/healthz", timeout=30)
        assert answer.status == 200, answer.status


def main():
    failures = 0
    with Server(sys.argv[1], None, "--backend", "instant") as server:
        cases = Cases(server)
        # What a job and a full queue need anyhow.
        assert cases.ended(GOOD, timeout=PATIENCE).status == 200
        before = server.resident()
        for title, function in (
                ("bad JSON is told", cases.bad_json), ("wrong types are told by their place", cases.wrong_types),
                ("pictures nobody may have are refused", cases.bad_pictures), ("oversized bodies are refused", cases.oversized),
                ("what is not there is a 404 or 405", cases.unknown), ("paths lead nowhere else", cases.paths),
                ("broken requests are turned away", cases.broken_requests), ("bad headers are refused", cases.bad_headers),
                ("aborted uploads leave nothing", cases.aborted_uploads), ("slow clients hold nobody up", cases.slow_clients),
                ("readers may go away", cases.gone_readers), ("idle connections are survived", cases.idle_connections)):
            try:
                function()
                cases.alive()
                print(f"ok    {title}", flush=True)
            except Exception:
                failures += 1
                print(f"FAIL  {title}\n{traceback.format_exc(limit=-3)}", flush=True)
        held = server.resident()
        # Two bodies at once may be in memory, and the allocator keeps some of what it had.
        limit = before + 256 * MEBIBYTE
        print(f"memory: {before // MEBIBYTE} MiB before, {held // MEBIBYTE} MiB after", flush=True)
        if held > limit:
            failures += 1
            print(f"FAIL  memory is bounded by {limit // MEBIBYTE} MiB")
        status = server.stop()
        if status != 0:
            failures += 1
            print(f"FAIL  the server ended with {status}")
        if failures:
            print(server.tail(30))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
