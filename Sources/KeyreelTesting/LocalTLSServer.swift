public import SystemPackage

/// A real https server in a process of its own on 127.0.0.1, with a certificate of its own.
///
/// Needs the `openssl` and `python3` programs.
/// Paths: `/file/N` sends N bytes, `/redirect?URL` leads on, `/circle` to itself,
/// `/page` sends HTML, `/short` breaks off, `/stall` never ends, `/endless` has no length, `/flaky` is
/// busy twice, `/status/N` fails; all else is read from ``folder``.
public final class LocalTLSServer: Sendable {
  private let server: PythonServer

  /// The files that it serves; also holds its certificate.
  public var folder: FilePath { server.folder }
  /// The port that it listens on.
  public var port: Int { server.ports[0] }
  /// The certificate to trust.
  public var certificateFile: FilePath { server.certificateFile }

  /// The address of `path`, which begins with a slash.
  public func url(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }

  /// Starts the server; throws when a program is missing.
  public init() throws { server = try PythonServer(Self.script) }

  private static let script = """
    import http.server, os, ssl, sys, threading, time
    folder = sys.argv[1]
    busy = {"count": 0}
    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = "HTTP/1.1"
      def log_message(self, *rest): pass
      def send(self, status, body, kind="application/octet-stream", length=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
      def do_GET(self):
        path, _, query = self.path.partition("?")
        if path.startswith("/file/"):
          self.send_response(200)
          left = int(path[6:])
          self.send_header("Content-Length", str(left))
          self.end_headers()
          while left > 0:
            self.wfile.write(bytes(range(256)) * 256 if left >= 65536 else bytes(left))
            left -= min(left, 65536)
        elif path == "/redirect":
          self.send_response(302)
          self.send_header("Location", query)
          self.send_header("Content-Length", "0")
          self.end_headers()
        elif path == "/circle":
          self.send_response(302)
          self.send_header("Location", "/circle")
          self.send_header("Content-Length", "0")
          self.end_headers()
        elif path == "/page": self.send(200, b"<!DOCTYPE html><html>Sign in</html>", "text/html")
        elif path == "/short":
          self.send(200, b"x" * 100, length=1000)
          self.close_connection = True
        elif path == "/stall":
          self.send(200, b"x", length=1000)
          self.wfile.flush()
          while True: time.sleep(1)
        elif path == "/endless":
          self.send_response(200)
          self.send_header("Connection", "close")
          self.end_headers()
          while True: self.wfile.write(b"x" * 65536)
        elif path == "/flaky":
          busy["count"] += 1
          if busy["count"] <= 2: self.send(503, b"busy")
          else: self.send(200, open(os.path.join(folder, "flaky"), "rb").read())
        elif path.startswith("/status/"): self.send(int(path[8:]), b"no")
        elif os.path.exists(folder + path): self.send(200, open(folder + path, "rb").read())
        else: self.send(404, b"no such file")
    class Server(http.server.ThreadingHTTPServer):
      daemon_threads = True
      def handle_error(self, *rest): pass
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/certificate.pem", folder + "/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    """
}
