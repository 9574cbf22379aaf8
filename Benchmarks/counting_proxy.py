"""Stands between Keyreel and an S3 server, hands every request on as it is, and counts them by what they ask for."""

import collections
import http.client
import http.server
import re
import threading
import urllib.parse

# Names of objects, told apart as docs/stores.md tells them.
KINDS = [
    (r"/claims/../\w+/lease$", "lease"), (r"/claims/../\w+/intent-", "intent"),
    (r"/claims/../\w+/ticket-", "ticket"), (r"/claims/../\w+/failure-", "failure"),
    (r"/claims/../\w+/receipt", "receipt"), (r"/objects/", "clip"), (r"/owners/", "owner"),
    (r"/history/", "history"), (r"/month$", "month"), (r"/films/", "film"), (r"/runs/", "runs"),
    (r"/probe/", "probe"), (r"/format\.json$", "format"),
]


def kind(method, target):
    """What a request asks for: `LIST claims`, `PUT intent`."""
    path, _, query = target.partition("?")
    if "list-type" in query:
        prefix = urllib.parse.parse_qs(query).get("prefix", [""])[0]
        depth = prefix.split("claims/", 1)[1].count("/") if "claims/" in prefix else 0
        return "LIST " + (["many claims", "many claims", "one claim"][min(depth, 2)]
                          if "claims/" in prefix else prefix.rstrip("/").rsplit("/", 1)[-1])
    name = next((word for pattern, word in KINDS if re.search(pattern, path)), "other")
    return f"{method} {name}"


class CountingProxy:
    """Listens on a free port of this machine until it is closed."""

    def __init__(self, endpoint):
        host = urllib.parse.urlparse(endpoint).netloc
        self.counts = collections.Counter()
        self.written = collections.Counter()
        lock, local, outer = threading.Lock(), threading.local(), self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                with lock:
                    what = kind(self.command, self.path)
                    outer.counts[what] += 1
                    outer.written[what] += len(body)
                for attempt in (1, 2):
                    if attempt == 2 or getattr(local, "server", None) is None:
                        local.server = http.client.HTTPConnection(host)
                    try:
                        # The name of this proxy is signed by the client, so it goes on as it is.
                        local.server.request(self.command, self.path, body, dict(self.headers))
                        answer = local.server.getresponse()
                        data = answer.read()
                        break
                    except (http.client.HTTPException, OSError):
                        if attempt == 2:
                            raise
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                length = answer.getheader("content-length") if self.command == "HEAD" else len(data)
                self.send_header("content-length", str(length or 0))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self):
        """What was counted since the last time: requests, and bytes sent to the server."""
        counts, written = self.counts, self.written
        self.counts, self.written = collections.Counter(), collections.Counter()
        return counts, written

    def close(self):
        self.server.shutdown()
        self.server.server_close()
