"""Stands between clients and a keyreel-serve with --dev-tls and keeps every request as it was sent.

It has the server's own certificate, so clients trust it as they trust the server, and it is both an address
and a CONNECT proxy: the ready file's variables work with its ports in the place of the server's.
"""

import collections
import http.client
import http.server
import ssl
import threading
import urllib.parse

from serving import PATIENCE

SERVICES = {"queue.fal.run": "queue", "fal.run": "run", "rest.fal.ai": "storage", "v3.fal.media": "media",
            "api.fal.ai": "platform"}

Sent = collections.namedtuple("Sent", "method service path query headers body")


class Passage(http.server.BaseHTTPRequestHandler):
    """One connection: requests are noted, handed to the server, and its answers handed back."""

    protocol_version = "HTTP/1.1"

    def do_CONNECT(self):
        self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        self.encrypt()

    def encrypt(self):
        self.connection = self.server.recorder.identity.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        refused = self.server.recorder.note(self, body)
        if refused:
            self.send_response(refused)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        server = self.server.recorder.connect()
        try:
            server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                server.putheader(name, value)
            server.endheaders(body)
            self.answer(server.getresponse())
        finally:
            server.close()

    def answer(self, answer):
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in ("transfer-encoding", "connection"):
                self.send_header(name, value)
        if answer.headers["Content-Length"] is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        while piece := answer.read1(1 << 16):
            self.wfile.write(piece)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = forward

    def log_message(self, *_):
        pass


class EncryptedPassage(Passage):
    def setup(self):
        super().setup()
        self.encrypt()


class Listener(http.server.ThreadingHTTPServer):
    def __init__(self, recorder, passage):
        self.recorder = recorder
        super().__init__(("127.0.0.1", 0), passage)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # clients close connections as they like; what matters is what they sent


class Recorder:
    """Listens until it is closed; `env` points clients here."""

    def __init__(self, server):
        tls = server.data / "tls"
        self.target = urllib.parse.urlsplit(server.urls["queue"]).port
        self.identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.identity.load_cert_chain(tls / "server.pem", tls / "server-key.pem")
        self.trust = ssl.create_default_context(cafile=tls / "authority.pem")
        self.lock, self.sent, self.refusals = threading.Lock(), [], {}
        self.address, self.proxy = Listener(self, EncryptedPassage), Listener(self, Passage)
        self.env = {
            name: value.replace(f":{self.target}/", f":{self.address.server_port}/")
            for name, value in server.env.items()}
        self.env["HTTPS_PROXY"] = f"http://127.0.0.1:{self.proxy.server_port}"

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.target, timeout=PATIENCE, context=self.trust)

    def note(self, passage, body):
        """Keeps the request; gives the status with which it is refused, if it is."""
        path, _, query = passage.path.partition("?")
        service = SERVICES.get(passage.headers["Host"])
        if service is None:
            _, service, path = path.split("/", 2)
            path = "/" + path
        headers = [(name.lower(), value) for name, value in passage.headers.items()]
        with self.lock:
            self.sent.append(Sent(passage.command, service, path, query, headers, body))
        return next((status for end, status in self.refusals.items() if path.endswith(end)), None)

    def fetch(self, address):
        """The file at a media address, as the server has it."""
        path = urllib.parse.urlsplit(address).path.removeprefix("/media")
        server = self.connect()
        server.request("GET", f"/media{path}")
        answer = server.getresponse()
        assert answer.status == 200, f"{address}: {answer.status}"
        return answer.read()

    def take(self):
        """What was sent since the last time."""
        with self.lock:
            sent, self.sent = self.sent, []
        return sent

    def close(self):
        self.address.shutdown()
        self.proxy.shutdown()
