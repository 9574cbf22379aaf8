#!/usr/bin/env python3
"""Plays many subscribers of a queue at once: each submits, polls until COMPLETED and fetches the result.

usage: subscribers.py URL KEY SUBSCRIBERS ROUNDS SEED

Waits for a line on standard input, so that several of these begin together; then prints one JSON line. The
answers are read as bytes, with no HTTP library, so that the load is not what is measured.
"""

import asyncio
import base64
import json
import random
import struct
import sys
import time
import urllib.parse
import zlib

INTERVAL = 0.1  # as fal's Python client polls


def picture():
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    rows = (b"\0" + bytes([200, 90, 10]) * 64) * 48
    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0))
           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return "data:image/png;base64," + base64.b64encode(png).decode()


class Tally:
    def __init__(self):
        self.calls, self.submits, self.done, self.lost, self.ids = 0, [], 0, [], set()


class Subscriber:
    def __init__(self, url, key, tally):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.prefix = parts.hostname, parts.port, parts.path
        self.head = f"Host: {parts.netloc}\r\nAuthorization: Key {key}\r\n"
        self.tally = tally

    async def connect(self):
        for attempt in range(20):
            try:
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
                return
            except OSError:
                await asyncio.sleep(0.05 * (attempt + 1))
        raise OSError("no connection")

    async def ask(self, method, path, body=b""):
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        self.writer.write(f"{method} {self.prefix}{path} HTTP/1.1\r\n{self.head}{kind}\r\n".encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start:lower.index(b"\r\n", start)])
        self.tally.calls += 1
        return int(head[9:12]), await self.reader.readexactly(length)

    async def subscribe(self, body):
        begin = time.perf_counter()
        status, answer = await self.ask("POST", "/fal-ai/framepack/flf2v", body)
        self.tally.submits.append(time.perf_counter() - begin)
        if status != 200:
            return f"submit {status}: {answer[:200]!r}"
        id = json.loads(answer)["request_id"]
        if id in self.tally.ids:
            return f"the id {id} came twice"
        self.tally.ids.add(id)
        path = f"/fal-ai/framepack/requests/{id}"
        while True:
            status, answer = await self.ask("GET", f"{path}/status?logs=false")
            if status == 200:
                break
            if status != 202:
                return f"status {status}: {answer[:200]!r}"
            await asyncio.sleep(INTERVAL)
        status, answer = await self.ask("GET", path)
        if status != 200 or b'"video"' not in answer:
            return f"result {status}: {answer[:200]!r}"
        return None

    async def run(self, rounds, seed):
        await self.connect()
        shared = {"image_url": picture(), "end_image_url": picture(), "num_frames": 30}
        for number in range(rounds):
            body = json.dumps({"prompt": f"{seed} {number}", "seed": seed * 1000 + number, **shared}).encode()
            failure = await self.subscribe(body)
            if failure:
                self.tally.lost.append(failure)
            else:
                self.tally.done += 1
        self.writer.close()


async def main():
    url, key, count, rounds, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    tally = Tally()
    print("ready", flush=True)
    sys.stdin.readline()
    begin, cpu = time.perf_counter(), time.process_time()
    order = random.Random(seed)
    outcomes = await asyncio.gather(
        *(Subscriber(url, key, tally).run(rounds, order.randrange(1_000_000)) for _ in range(count)),
        return_exceptions=True)
    tally.lost += [f"{type(error).__name__}: {error}" for error in outcomes if error]
    print(json.dumps({
        "seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "calls": tally.calls,
        "done": tally.done, "lost": tally.lost[:5], "lost_count": len(tally.lost), "submits": tally.submits}))


if __name__ == "__main__":
    asyncio.run(main())
