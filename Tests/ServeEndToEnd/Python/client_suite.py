#!/usr/bin/env python3
"""fal's own Python client, as PyPI has it, works with a running server over TLS.

usage: client_suite.py WORKDIR

The environment is that of the ready file and nothing in the client is replaced. Prints a line per case
and ends with 1 when any fails.
"""

import asyncio
import base64
import hashlib
import http.server
import importlib.metadata
import json
import pathlib
import sys
import threading
import time

import fal_client
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fal_client import client as fal_client_module
from PIL import Image

import scenarios
from serving import PATIENCE, TINY, data_uri, png

# Small clips, really rendered; and the endpoint itself, for its rules and for work that takes long.
APP = TINY
ARGUMENTS = {
    "prompt": "a cät walks", "image_url": data_uri(png()), "end_image_url": data_uri(png(10, 20, 200)),
    "num_frames": 12,
}
FRAMEPACK = "fal-ai/framepack/flf2v"
LONG = {**ARGUMENTS, "num_frames": 1800}


def download(url):
    """Media addresses need no key; the certificate and the proxy are those of the environment."""
    answer = httpx.get(url, timeout=PATIENCE)
    answer.raise_for_status()
    return answer.content


def check_output(output):
    video = output["video"]
    assert video["content_type"] == "video/mp4", output
    clip = download(video["url"])
    assert len(clip) == video["file_size"] and clip[4:8] == b"ftyp", (len(clip), output)


def run():
    check_output(fal_client.run(APP, ARGUMENTS))


def subscribe():
    seen, queued = [], []
    output = fal_client.subscribe(
        APP, ARGUMENTS, with_logs=True, on_enqueue=queued.append, on_queue_update=seen.append, interval=0.05)
    check_output(output)
    assert len(queued) == 1, queued
    assert isinstance(seen[-1], fal_client.Completed), seen
    lines = [line["message"] for line in seen[-1].logs]
    assert lines and all(isinstance(line, str) for line in lines), seen[-1]
    assert seen[-1].metrics["inference_time"] > 0, seen[-1]


def handle():
    handle = fal_client.submit(APP, ARGUMENTS, priority="low", hint="lora", headers={"X-Fal-No-Retry": "1"})
    status = handle.status(with_logs=True)
    assert isinstance(status, (fal_client.Queued, fal_client.InProgress, fal_client.Completed)), status
    events = list(handle.iter_events(with_logs=True, interval=0.05))
    assert isinstance(events[-1], fal_client.Completed), events
    check_output(handle.get())
    assert isinstance(fal_client.status(APP, handle.request_id, with_logs=True), fal_client.Completed)
    assert fal_client.result(APP, handle.request_id) == handle.get()


def seed():
    output = fal_client.run(APP, {**ARGUMENTS, "seed": 77})
    assert output["seed"] == 77, output


def cancel():
    # More jobs than are worked on at once, so that the last one waits.
    handles = [fal_client.submit(FRAMEPACK, LONG) for _ in range(6)]
    for handle in reversed(handles):
        handle.cancel()
    try:
        output = handles[-1].get()
    except fal_client.client.FalClientHTTPError as error:
        assert error.status_code == 499, error
        assert error.error_type == "client_cancelled", error.error_type
    else:
        raise AssertionError(f"a cancelled request brought {output}")
    try:
        fal_client.cancel(FRAMEPACK, handles[-1].request_id)
    except fal_client.client.FalClientHTTPError as error:
        assert error.status_code == 400, error
    else:
        raise AssertionError("a request was cancelled twice")


def mistakes():
    def failure(arguments, **options):
        try:
            fal_client.subscribe(options.pop("app", FRAMEPACK), arguments, **options)
        except fal_client.client.FalClientHTTPError as error:
            return error
        raise AssertionError(f"{arguments} brought an output")
    error = failure({"prompt": "no pictures"})
    assert error.status_code == 422, error
    detail = error.response.json()["detail"]
    assert {tuple(entry["loc"]) for entry in detail} == {("body", "image_url"), ("body", "end_image_url")}, detail
    assert {entry["type"] for entry in detail} == {"missing"}, detail
    error = failure({**ARGUMENTS, "num_frames": 29})
    assert error.response.json()["detail"][0]["type"] == "greater_than_equal", error
    assert failure(ARGUMENTS, app="fal-ai/nothing/here").status_code == 404
    error = failure({**ARGUMENTS, "num_frames": 30, "image_url": data_uri(b"no picture")})
    assert error.response.json()["detail"][0]["type"] == "unsupported_image_format", error


def unknown():
    try:
        fal_client.status(APP, "00000000-0000-0000-0000-000000000000")
    except fal_client.client.FalClientHTTPError as error:
        assert error.status_code == 404, error
    else:
        raise AssertionError("an unknown request has a status")


def foreign_key():
    client = fal_client.SyncClient(key="nobody:0123456789abcdef0123456789abcdef")
    try:
        client.submit(APP, ARGUMENTS)
    except fal_client.client.FalClientHTTPError as error:
        assert error.status_code == 401, error
    else:
        raise AssertionError("a foreign key was taken")


def upload_file(folder):
    path = folder / "first picture.png"
    path.write_bytes(png(1, 2, 3))
    url = fal_client.upload_file(path)
    assert download(url) == path.read_bytes(), url
    other = fal_client.upload(png(9, 9, 9), "image/png", file_name="other.png")
    check_output(fal_client.run(APP, {**ARGUMENTS, "image_url": url, "end_image_url": other}))


def upload_image():
    url = fal_client.upload_image(Image.new("RGB", (96, 64), (200, 30, 30)))
    assert download(url)[:3] == b"\xff\xd8\xff", url


def upload_fallback(folder):
    path = folder / "plain.bin"
    path.write_bytes(bytes(range(256)))
    url = fal_client.upload_file(path, repository="fal")
    assert download(url) == path.read_bytes(), url


def upload_multipart(folder):
    # The client's own limit is 100 MiB; its multipart call takes smaller parts when it is asked to.
    path = folder / "big.bin"
    path.write_bytes(bytes(index * 7 % 251 for index in range(1 << 20)) * 6)
    client = fal_client.SyncClient()
    url = fal_client_module.MultipartUpload.save_file(
        client=client._get_cdn_client(), token_manager=client._token_manager, file_path=path,
        chunk_size=1 << 20, content_type="application/octet-stream")
    assert download(url) == path.read_bytes(), url


def asynchronous(folder):
    async def all_of_it():
        check_output(await fal_client.run_async(APP, ARGUMENTS))
        seen = []
        check_output(await fal_client.subscribe_async(
            APP, ARGUMENTS, with_logs=True, on_queue_update=seen.append, interval=0.05))
        assert isinstance(seen[-1], fal_client.Completed), seen
        handle = await fal_client.submit_async(APP, ARGUMENTS)
        events = [event async for event in handle.iter_events(with_logs=True, interval=0.05)]
        assert isinstance(events[-1], fal_client.Completed), events
        check_output(await handle.get())
        assert await fal_client.result_async(APP, handle.request_id) == await handle.get()
        path = folder / "async.png"
        path.write_bytes(png(5, 5, 5))
        assert download(await fal_client.upload_file_async(path)) == path.read_bytes()
        assert download(await fal_client.upload_image_async(Image.new("RGB", (32, 32)), format="png"))[:4] == b"\x89PNG"
        waiting = [await fal_client.submit_async(FRAMEPACK, LONG) for _ in range(5)]
        for handle in reversed(waiting):
            await handle.cancel()
    asyncio.run(all_of_it())


class Hook(http.server.BaseHTTPRequestHandler):
    """Somebody's webhook: keeps what it is told; refuses the first time, so that it is told again."""

    told, arrived, calls = [], threading.Event(), 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.calls += 1
        self.send_response(503 if Hook.calls == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if Hook.calls > 1:
            Hook.told.append((dict(self.headers.items()), body))
            Hook.arrived.set()

    def log_message(self, *_):
        pass


def webhook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        handle = fal_client.submit(
            APP, ARGUMENTS, webhook_url=f"http://127.0.0.1:{server.server_port}/hook?nonce=a%26b")
        assert Hook.arrived.wait(PATIENCE), "no webhook came"
    finally:
        server.shutdown()
    headers, body = Hook.told[0]
    headers = {name.lower(): value for name, value in headers.items()}
    told = json.loads(body)
    assert told["request_id"] == handle.request_id == headers["x-fal-webhook-request-id"], told
    assert told["status"] == "OK" and told["payload"] == handle.get(), told
    assert abs(time.time() - int(headers["x-fal-webhook-timestamp"])) < 300, headers
    message = "\n".join([
        headers["x-fal-webhook-request-id"], headers["x-fal-webhook-user-id"],
        headers["x-fal-webhook-timestamp"], hashlib.sha256(body).hexdigest()]).encode()
    keys = httpx.get("https://rest.fal.ai/.well-known/jwks.json").raise_for_status().json()["keys"]
    signature = bytes.fromhex(headers["x-fal-webhook-signature"])
    for key in keys:
        raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
            return
        except Exception:  # another of the keys, perhaps
            continue
    raise AssertionError(f"none of {len(keys)} keys made this signature")


def main():
    folder = pathlib.Path(sys.argv[1])
    print(f"fal-client {importlib.metadata.version('fal-client')}")
    scenarios.play({
        "run brings the clip": run, "subscribe tells logs and queue updates": subscribe,
        "a handle has status, events and result": handle, "the seed comes back": seed,
        "waiting requests are cancelled": cancel, "mistakes are told by their place": mistakes,
        "an unknown request is a 404": unknown, "a foreign key is a 401": foreign_key,
        "upload_file and upload feed a run": lambda: upload_file(folder),
        "upload_image keeps a picture": upload_image,
        "uploads by address work too": lambda: upload_fallback(folder),
        "uploads in parts are put together": lambda: upload_multipart(folder),
        "the async forms do the same": lambda: asynchronous(folder),
        "a signed webhook is delivered, at the second try": webhook,
    })


if __name__ == "__main__":
    main()
