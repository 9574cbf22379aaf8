"""Webhooks.

usage: webhook_suite.py KEYREEL-SERVE [NAME…]; see outside.py.
"""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import serving
from outside import metrics, run, server, submit, wait_for


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


run(
    webhooks_tell_successes_and_failures_signed,
    webhooks_are_tried_again_but_redirects_are_not_followed,
    webhooks_do_not_reach_private_targets_by_default,
)
