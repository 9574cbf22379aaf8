"""The server's outside, tried from outside: TLS, the proxy, webhooks, signals, keys, limits, metrics.

usage: network_suite.py KEYREEL-SERVE [NAME…]: one line `ok NAME` or `FAILED NAME: why` for each scenario.
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import base64
import hashlib

import serving
from serving import PATIENCE, TINY, Server, tiny_input

PROGRAM = pathlib.Path(sys.argv[1])
FAL_HOSTS = ["queue.fal.run", "fal.run", "rest.fal.ai", "v3.fal.media", "api.fal.ai"]
OLD_HOSTS = ["queue.falrun.com", "falrun.com", "rest.alpha.fal.ai", "v3b.fal.media", "fal.media"]


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


# --- TLS and the proxy -------------------------------------------------------------------------------

def clients_trust_fals_hosts_and_this_machine_alone():
    with server("--dev-tls") as running:
        address = place(running.urls["queue"])
        for name in FAL_HOSTS + OLD_HOSTS + ["localhost", "127.0.0.1", "::1"]:
            got = raw(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                      trust(running), name)
            assert got.endswith(b"ok\n"), (name, got)
        for name in ["example.com", "evilfal.run", "127.0.0.2"]:
            try:
                raw(address, b"", trust(running), name)
            except ssl.SSLCertVerificationError:
                continue
            raise AssertionError(f"{name} was trusted")
        # Plain http on the TLS port is no crash.
        raw(address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        tls = running.data / "tls"
        assert tls.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in tls.iterdir())


def the_proxy_leads_to_fals_hosts_alone():
    with server("--dev-tls") as running:
        proxy = place(running.env["HTTPS_PROXY"])
        for name in FAL_HOSTS + OLD_HOSTS:
            with socket.create_connection(proxy, timeout=PATIENCE) as bare:
                # In pieces, as a slow network has it.
                for piece in [b"CONNECT " + name.encode(), b":443 HTTP/1.1\r\nHost: " + name.encode(), b":443\r\n\r", b"\n"]:
                    bare.sendall(piece)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += bare.recv(1)
                assert status(answer) == 200, answer
                with trust(running).wrap_socket(bare, server_hostname=name) as line:
                    line.sendall(f"GET /nothing/here HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                    assert status(read_all(line)) in (401, 404, 405)
        refused = {
            b"CONNECT example.com:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT evilfal.run:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run.example.com:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run:80 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run HTTP/1.1\r\n\r\n": 403,
            b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT user@queue.fal.run:443 HTTP/1.1\r\n\r\n": 403,
            b"GET http://queue.fal.run/ HTTP/1.1\r\n\r\n": 405,
            b"nonsense\r\n\r\n": 400,
            b"\r\n\r\n": 400,
            b"CONNECT queue.fal.run:443 HTTP/1.1\r\nX: " + b"y" * 20000: 431,
        }
        for request, expected in refused.items():
            got = raw(proxy, request)
            assert status(got) == expected, (request[:60], got[:200])
            assert got.rstrip().endswith(b"."), got


def a_tunnel_carries_much_both_ways_and_ends_with_either_side():
    with server("--dev-tls") as running:
        picture = os.urandom(20 << 20)
        environment = {**os.environ, **running.env}
        folder = running.folder
        (folder / "big.bin").write_bytes(picture)
        token = json.loads(subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"], "-X", "POST",
             "-H", f"Authorization: Key {running.env['FAL_KEY']}", "-d", "{}",
             "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3"],
            env=environment, check=True, capture_output=True).stdout)
        url = json.loads(subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"],
             "-H", f"Authorization: {token['token_type']} {token['token']}", "-H", "Content-Type: image/png",
             "-H", "X-Fal-File-Name: big.png", "--data-binary", f"@{folder / 'big.bin'}",
             "https://v3.fal.media/files/upload"],
            env=environment, check=True, capture_output=True).stdout)["access_url"]
        got = subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"], "--limit-rate", "40M", url],
            env=environment, check=True, capture_output=True).stdout
        assert got == picture
        # A client that never reads does not fill the server's memory.
        before = running.resident()
        proxy, lines = place(running.env["HTTPS_PROXY"]), []
        path = urllib.parse.urlsplit(url).path
        for _ in range(20):
            bare = socket.create_connection(proxy, timeout=PATIENCE)
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            bare.sendall(b"CONNECT v3.fal.media:443 HTTP/1.1\r\n\r\n")
            assert bare.recv(39).startswith(b"HTTP/1.1 200")
            line = trust(running).wrap_socket(bare, server_hostname="v3.fal.media")
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: v3.fal.media\r\n\r\n".encode())
            lines.append(line)
        for line in lines:
            assert line.recv(12) == b"HTTP/1.1 200"
        time.sleep(1.0)
        grown = running.resident() - before
        assert grown < 120 << 20, f"{grown >> 20} MiB for 20 readers that stand still, each of 20 MiB"
        for line in lines:
            line.close()
        # The server's end ends the tunnels.
        bare = socket.create_connection(proxy, timeout=PATIENCE)
        bare.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\n\r\n")
        assert bare.recv(39).startswith(b"HTTP/1.1 200")
        line = trust(running).wrap_socket(bare, server_hostname="fal.run")
        assert running.stop() == 0, running.tail()
        assert read_all(line) == b""


# --- starting and stopping ---------------------------------------------------------------------------

def launch(folder, *arguments, ready=None):
    """A start that is expected to fail: its status and what it wrote."""
    words = [str(PROGRAM), "--data", str(folder), *arguments]
    if ready:
        words += ["--ready-file", str(ready)]
    environment = {name: value for name, value in os.environ.items() if name not in ("FAL_KEY", "SSL_CERT_FILE")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stderr


def a_port_in_use_is_one_sentence_and_no_ready_file():
    with server() as running:
        port = place(running.urls["queue"])[1]
        for arguments in [["--port", str(port)], ["--dev-tls", "--port", str(port - 1)]]:
            ready = running.folder / "never.json"
            code, told = launch(running.folder / "other", *arguments, ready=ready)
            assert code == 75, (code, told)
            assert "is in use" in told and len(told.strip().splitlines()) <= 2, told
            assert not ready.exists()
        code, told = launch(running.data)
        assert code == 75 and "another server uses the data folder" in told, told
        code, told = launch(running.folder / "other", "--port", "0", ready=running.folder / "no" / "ready.json")
        assert code == 1 and "cannot be written" in told, (code, told)
        code, told = launch(running.folder / "other", "--listen", "192.0.2.1", "--port", "0")
        assert code == 64 and "no address of this machine" in told, (code, told)
        code, told = launch(running.folder / "other", "--tls-certificate", "/nowhere", "--tls-key", "/nowhere")
        assert code == 64 and "cannot be read" in told, (code, told)


def a_given_certificate_is_served():
    with server("--dev-tls") as first:
        tls = first.data / "tls"
        with server("--tls-certificate", str(tls / "server.pem"), "--tls-key", str(tls / "server-key.pem")) as running:
            assert "HTTPS_PROXY" not in running.env and "SSL_CERT_FILE" not in running.env
            assert running.urls["queue"].startswith("https://")
            context = ssl.create_default_context(cafile=str(tls / "authority.pem"))
            got = raw(place(running.urls["queue"]),
                      b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", context, "localhost")
            assert got.endswith(b"ok\n"), got


def a_stop_ends_streams_and_lets_runs_finish():
    # Long enough for all that happens before the stop, and shorter than the ten seconds after it.
    faults = "faults: [{at: work, delay: 6s, count: 1}]"
    with Server(PROGRAM, None, "--backend", "instant", "--concurrency", "1") as running:
        running.stop()
        (running.folder / "slow.yaml").write_text(faults)
        running.start("--faults", str(running.folder / "slow.yaml"))
        results = {}

        def run(name):
            try:
                results[name] = serving.call("POST", f"{running.urls['run']}/{TINY}", tiny_input(name), running.env["FAL_KEY"])
            except OSError as error:
                results[name] = error
        first = threading.Thread(target=run, args=("first",))
        first.start()
        wait_for(lambda: b'keyreel_jobs{state="running"} 1' in metrics(running))
        second = threading.Thread(target=run, args=("second",))
        second.start()
        wait_for(lambda: b'keyreel_jobs{state="queued"} 1' in metrics(running))
        waiting = submit(running, prompt="third")
        stream = socket.create_connection(place(running.urls["queue"]), timeout=PATIENCE)
        app = "/".join(TINY.split("/")[:2])
        stream.sendall(f"GET /queue/{app}/requests/{waiting}/status/stream HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Key {running.env['FAL_KEY']}\r\n\r\n".encode())
        told = stream.recv(65536)
        assert b"200 OK" in told
        ready = max(running.folder.glob("ready-*.json"))
        assert running.stop() == 0, running.tail()
        first.join()
        second.join()
        assert results["first"].status == 200, results["first"]
        assert results["second"].status == 503, results["second"].body
        # Taken together: the last chunk may have come with the head.
        told += read_all(stream)
        assert told.endswith(b"\r\n0\r\n\r\n"), f"the stream has no proper end: {told!r}"
        assert not ready.exists(), "the ready file is still there"
        # What did not begin waits, and is done after the next start.
        running.start()
        wait_for(lambda: b'keyreel_jobs_ended_total{outcome="success"} 3' in metrics(running))


def a_second_signal_ends_it_at_once_and_the_job_waits_again():
    with Server(PROGRAM, None, "--backend", "instant") as running:
        running.stop()
        (running.folder / "never.yaml").write_text("faults: [{at: work, never_ends: true, count: 1}]")
        running.start("--faults", str(running.folder / "never.yaml"))
        job = submit(running)
        wait_for(lambda: b'keyreel_jobs{state="running"} 1' in metrics(running))
        address = place(running.urls["queue"])
        running.process.send_signal(signal.SIGINT)
        wait_for(lambda: is_closed(address))
        assert running.process.poll() is None, "it did not wait for the job"
        # An end that waited for the job, or for the grace to be over, has another status.
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=PATIENCE) == 130, running.tail()
        assert not list(running.folder.glob("ready-2.json"))
        running.start()
        wait_for(lambda: status_of(running, job)["status"] == "COMPLETED")


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


# --- keys ----------------------------------------------------------------------------------------------

def keys_are_made_listed_and_revoked():
    def keys(*words):
        done = subprocess.run([str(PROGRAM), "keys", *words, "--data", str(running.data)], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr
    with server() as running:
        code, _, told = keys("list")
        assert code == 75 and "another server uses" in told, (code, told)
        running.stop()
        code, made, told = keys("add", "studio")
        assert code == 0 and made.count(":") == 1 and made.split(":")[1].strip() not in told, (code, made, told)
        made = made.strip()
        code, listed, _ = keys("list")
        assert code == 0 and [line.split()[1] for line in listed.splitlines()] == ["valid", "valid"], listed
        assert "studio" in listed and made.split(":")[1] not in listed
        running.start()
        url = f"{running.urls['queue']}/test/tiny/requests/00000000-0000-4000-8000-000000000000/status"
        assert serving.call("GET", url, key=made).status == 404
        running.stop()
        assert keys("revoke", made.split(":")[0])[0] == 0
        code, _, told = keys("revoke", made.split(":")[0])
        assert code == 64 and "no valid key" in told, (code, told)
        running.start()
        url = f"{running.urls['queue']}/test/tiny/requests/00000000-0000-4000-8000-000000000000/status"
        assert serving.call("GET", url, key=made).status == 401
        assert made.split(":")[1] not in running.tail(10000)
        assert made.split(":")[1].encode() not in (running.data / "queue.sqlite").read_bytes()


# --- webhooks ------------------------------------------------------------------------------------------

class Receiver:
    """A receiver of webhooks that answers with one status after another, the last one for ever."""

    def __init__(self, *statuses):
        self.posts, self.statuses = [], list(statuses)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, dict(self.headers), body))
                answer = outer.statuses[min(len(outer.posts), len(outer.statuses)) - 1]
                self.send_response(answer)
                if 300 <= answer < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def check_signature(running, headers, body):
    keys = serving.call("GET", running.urls["storage"] + "/.well-known/jwks.json").json()["keys"]
    assert keys == serving.call("GET", running.urls["queue"].removesuffix("/queue") + "/.well-known/jwks.json").json()["keys"]
    lower = {name.lower(): value for name, value in headers.items()}
    said = [lower[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp")]
    assert abs(time.time() - int(said[2])) < 300
    message = "\n".join(said + [hashlib.sha256(body).hexdigest()]).encode()
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys[0]["x"] + "=="))
    signature = bytes.fromhex(lower["x-fal-webhook-signature"])
    public.verify(signature, message)
    try:
        public.verify(signature, message + b"x")
    except InvalidSignature:
        return
    raise AssertionError("any text passes for signed")


def webhooks_tell_successes_and_failures_signed():
    receiver = Receiver(200)
    with server("--allow-private-webhooks") as running:
        hook = "?fal_webhook=" + urllib.parse.quote(receiver.url + "/told?nonce=a&b=c", safe="")
        good = submit(running, hook)
        wait_for(lambda: len(receiver.posts) == 1)
        path, headers, body = receiver.posts[0]
        check_signature(running, headers, body)
        told = json.loads(body)
        assert path == "/told?nonce=a&b=c" and headers["Content-Type"] == "application/json"
        assert (told["request_id"], told["status"]) == (good, "OK") and "error" not in told, told
        video = serving.call("GET", told["payload"]["video"]["url"])
        assert video.status == 200 and len(video.body) == told["payload"]["video"]["file_size"]
        bad = submit(running, hook, num_frames=100000)
        wait_for(lambda: len(receiver.posts) == 2)
        _, headers, body = receiver.posts[1]
        check_signature(running, headers, body)
        told = json.loads(body)
        assert (told["request_id"], told["status"], told["error"]) == (bad, "ERROR", "Invalid status code: 422"), told
        assert told["payload"]["detail"][0]["loc"] == ["body", "num_frames"], told
        wait_for(lambda: b'keyreel_webhook_tries_total{outcome="delivered"} 2' in metrics(running))
        key = running.urls["storage"] + "/.well-known/jwks.json"
        before = serving.call("GET", key).body
        running.stop()
        running.start()
        assert serving.call("GET", running.urls["storage"] + "/.well-known/jwks.json").body == before


def webhooks_are_tried_again_but_redirects_are_not_followed():
    failing, moving = Receiver(500, 200), Receiver(302)
    with server("--allow-private-webhooks") as running:
        submit(running, "?fal_webhook=" + failing.url)
        submit(running, "?fal_webhook=" + moving.url)
        submit(running, "?fal_webhook=http://127.0.0.1:9/nobody")
        wait_for(lambda: b'outcome="given_up"} 1' in metrics(running))
        wait_for(lambda: b'outcome="delivered"} 1' in metrics(running))
        assert len(failing.posts) == 2 and len(moving.posts) == 1
        assert failing.posts[0][2] == failing.posts[1][2]


def webhooks_do_not_reach_private_targets_by_default():
    receiver = Receiver(200)
    with server() as running:
        for target in [receiver.url, receiver.url.replace("http:", "https:"), "https://localhost:1/", "ftp://example.com/"]:
            submit(running, "?fal_webhook=" + target)
        wait_for(lambda: b'outcome="given_up"} 4' in metrics(running))
        assert not receiver.posts


# --- limits --------------------------------------------------------------------------------------------

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


def pages_of_any_origin_may_call_with_a_key():
    with server() as running:
        asked = "authorization, content-type, x-fal-queue-priority, x-fal-new, x-evil"
        answer = serving.call("OPTIONS", f"{running.urls['queue']}/{TINY}", headers={
            "Origin": "https://studio.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked})
        assert answer.status == 204
        allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
        assert allowed == ["authorization", "content-type", "x-fal-queue-priority", "x-fal-new"], allowed
        answer = serving.call("POST", running.urls["queue"].removesuffix("/queue") + "/proxy", tiny_input(), running.env["FAL_KEY"],
                              {"Origin": "https://studio.example", "x-fal-target-url": f"https://queue.fal.run/{TINY}"})
        assert answer.status == 200, answer.body
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "x-fal-request-id" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.json()["status_url"].startswith(running.urls["queue"]), answer.json()


def requests_expire_though_every_worker_is_busy():
    with Server(PROGRAM, None, "--backend", "instant", "--concurrency", "1") as running:
        running.stop()
        (running.folder / "never.yaml").write_text("faults: [{at: work, never_ends: true, count: 1}]")
        running.start("--faults", str(running.folder / "never.yaml"))
        submit(running)
        answer = serving.call("POST", f"{running.urls['queue']}/{TINY}", tiny_input(), running.env["FAL_KEY"],
                              {"X-Fal-Request-Timeout": "0.5"})
        job = answer.json()["request_id"]
        told = wait_for(lambda: (lambda s: s["status"] == "COMPLETED" and s)(status_of(running, job)))
        assert told["error_type"] == "request_timeout", told
        running.kill()


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


SCENARIOS = [
    clients_trust_fals_hosts_and_this_machine_alone, the_proxy_leads_to_fals_hosts_alone,
    a_tunnel_carries_much_both_ways_and_ends_with_either_side,
    a_port_in_use_is_one_sentence_and_no_ready_file, a_given_certificate_is_served,
    a_stop_ends_streams_and_lets_runs_finish, a_second_signal_ends_it_at_once_and_the_job_waits_again,
    keys_are_made_listed_and_revoked, webhooks_tell_successes_and_failures_signed,
    webhooks_are_tried_again_but_redirects_are_not_followed, webhooks_do_not_reach_private_targets_by_default,
    broken_requests_get_json_answers, pages_of_any_origin_may_call_with_a_key,
    requests_expire_though_every_worker_is_busy, the_log_and_the_metrics_hold_no_secrets,
]


def main():
    wanted = sys.argv[2:]
    failed = 0
    for scenario in SCENARIOS:
        if wanted and scenario.__name__ not in wanted:
            continue
        begin = time.monotonic()
        try:
            scenario()
            print(f"ok {scenario.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {scenario.__name__}: {traceback.format_exc()}", flush=True)
    sys.exit(1 if failed else 0)


main()
