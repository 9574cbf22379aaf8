#!/usr/bin/env python3
"""fal's queue with a folder of finished clips behind it: each job gets the next one at once.

usage: clip_queue.py FOLDER READY-FILE
"""

import http.server
import itertools
import json
import pathlib
import sys


class Queue(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    clips = []
    numbers = itertools.count()

    def answer(self, body, kind="application/json", status=200):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address(self, path):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = f"jobs/requests/{next(self.numbers)}"
        self.answer({
            "request_id": request.rsplit("/", 1)[1], "status": "IN_QUEUE", "queue_position": 0,
            "response_url": self.address(request), "status_url": self.address(request + "/status"),
            "cancel_url": self.address(request + "/cancel")})

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.endswith("/stream"):
            return self.answer({"detail": "no streams here"}, status=404)
        if path.endswith("/status"):
            return self.answer({"status": "COMPLETED", "response_url": self.address(path[1:-len("/status")])})
        if path.startswith("/clips/"):
            return self.answer(self.clips[int(path.rsplit("/", 1)[1])].read_bytes(), "video/mp4")
        number = int(path.rsplit("/", 1)[1]) % len(self.clips)
        return self.answer({"video": {"url": self.address(f"clips/{number}"), "content_type": "video/mp4"}, "seed": 1})

    def log_message(self, *_):
        pass


def main():
    folder, ready = map(pathlib.Path, sys.argv[1:3])
    Queue.clips = sorted(folder.glob("*.mp4"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Queue)
    draft = ready.with_suffix(".draft")
    draft.write_text(str(server.server_port))
    draft.rename(ready)
    server.serve_forever()


if __name__ == "__main__":
    main()
