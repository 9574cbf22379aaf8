import KeyreelCore
import KeyreelTesting
import ObjectStorage
import SystemPackage

/// A server in memory that speaks as S3 does and has every trouble that S3 may have, one after another.
///
/// Its first word names the trouble: `none`, `passing` (refusals, answers that get lost before and after
/// the work was done, bytes that arrive damaged), `clock` (its time is hours ahead), `careless` (it
/// ignores conditions), `rotten` (it gives back other bytes than it was given).
final class TroubledServer: Sendable {
  private let server: PythonServer

  private init(_ trouble: String) throws { server = try PythonServer(Self.program, [trouble]) }

  /// Runs `body` while a server with this trouble lives.
  static func run(_ trouble: String, _ body: (TroubledServer) async throws -> Void) async throws {
    let server = try TroubledServer(trouble)
    try await body(server)
    withExtendedLifetime(server) {}
  }

  /// A prefix that nobody used before.
  func space(pauses: Int = 40, token: String? = nil) throws -> S3Space {
    let prefix = String(UInt64.random(in: 0 ... .max), radix: 16)
    var environment = [
      "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
      "AWS_ENDPOINT_URL": "https://127.0.0.1:\(server.ports[0])",
    ]
    environment["AWS_SESSION_TOKEN"] = token
    return S3Space(
      try S3Address("s3://clips/\(prefix)"),
      account: try S3Account(environment: environment) { _ in nil },
      settings: .init(
        certificateFile: server.certificateFile,
        pauses: [Duration](repeating: .milliseconds(1), count: pauses), partSize: 1 << 20,
        pageSize: 7))
  }

  /// What the server has noted of requests, a line for each.
  func journal() throws -> [String] {
    let text = String(
      decoding: try TestFile.read(server.folder.appending("journal")), as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }

  private static let program = #"""
    import base64, datetime, hashlib, http.server, re, ssl, sys, threading, time, urllib.parse
    folder, trouble = sys.argv[1], sys.argv[2]
    lock, objects, uploads, count = threading.Lock(), {}, {}, [0]
    journal = open(folder + "/journal", "a", buffering=1)
    ahead = 5 * 3600 if trouble == "clock" else 0

    def error(status, code):
        return status, b"<Error><Code>%s</Code></Error>" % code.encode(), {}

    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *words):
            pass
        def date_time_string(self, timestamp=None):
            return super().date_time_string(time.time() + ahead)
        def answer(self, status, body=b"", headers={}):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        def drop(self):
            self.close_connection = True
            self.connection.shutdown(2)
        def serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                count[0] += 1
                number = count[0]
            signed = re.search("SignedHeaders=([^,]*)", self.headers.get("Authorization", ""))
            journal.write("%s %s %s\n" % (self.command, self.path, signed and signed.group(1)))
            fault = number % 13 if trouble == "passing" else 0
            if fault == 1:
                return self.answer(*error(500, "InternalError"))
            if fault == 2:
                return self.answer(*error(503, "SlowDown"))
            if fault == 3 and self.command == "PUT":
                return self.answer(*error(409, "ConditionalRequestConflict"))
            if fault == 4:
                return self.drop()
            if fault == 5 and body:
                body = bytes([body[0] ^ 1]) + body[1:]
            result = self.work(body)
            if fault == 6:
                return self.drop()
            if fault == 7:
                return self.answer(*error(500, "InternalError"))
            if fault == 8:
                return self.answer(*error(429, "TooManyRequests"))
            self.answer(*result)
        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve

        def work(self, body):
            told = datetime.datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
            now = datetime.datetime.utcfromtimestamp(time.time() + ahead)
            if abs((told - now).total_seconds()) > 900:
                return error(403, "RequestTimeTooSkewed")
            if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
                return error(400, "XAmzContentSHA256Mismatch")
            told = self.headers.get("x-amz-checksum-sha256")
            if told and base64.b64decode(told) != hashlib.sha256(body).digest():
                return error(400, "BadDigest")
            parts = urllib.parse.urlsplit(self.path)
            key = parts.path
            query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
            with lock:
                return getattr(self, "on_" + self.command.lower())(key, query, body)

        def refused(self, key):
            if trouble == "careless":
                return None
            known = objects.get(key)
            if self.headers.get("if-none-match") == "*" and known:
                return error(412, "PreconditionFailed")
            match = self.headers.get("if-match")
            if match and not known:
                return error(404, "NoSuchKey")
            if match and match != known[1]["ETag"]:
                return error(412, "PreconditionFailed")
            return None

        def put(self, key, body, meta):
            tag = {"ETag": '"%s"' % hashlib.md5(body).hexdigest()}
            objects[key] = (body, {**meta, **tag})
            return 200, b"", tag

        def meta(self):
            return {name: value for name, value in self.headers.items()
                    if name.lower().startswith("x-amz-meta-")}

        def on_put(self, key, query, body):
            if "partNumber" in query:
                if query["uploadId"] not in uploads:
                    return error(404, "NoSuchUpload")
                tag = '"%s"' % hashlib.md5(body).hexdigest()
                uploads[query["uploadId"]][1][int(query["partNumber"])] = body
                return 200, b"", {"ETag": tag}
            return self.refused(key) or self.put(key, body, self.meta())

        def on_post(self, key, query, body):
            if "uploads" in query:
                name = str(len(uploads)) + "-upload"
                uploads[name] = (self.meta(), {})
                return 200, b"<UploadId>%s</UploadId>" % name.encode(), {}
            upload = uploads.get(query["uploadId"])
            if not upload:
                return error(404, "NoSuchUpload")
            refusal = self.refused(key)
            if refusal:
                return refusal
            del uploads[query["uploadId"]]
            uploads[query["uploadId"] + "-done"] = None
            self.put(key, b"".join(upload[1][n] for n in sorted(upload[1])), upload[0])
            return 200, b"<Result></Result>", {}

        def on_get(self, key, query, body):
            if "list-type" in query:
                prefix = key + query["prefix"]
                names = sorted(n for n in objects if n.startswith(prefix))
                names = [n for n in names if n > query.get("continuation-token", "")]
                page = names[:int(query["max-keys"])]
                text = "".join("<Key>%s</Key>" % n[len(key):] for n in page)
                if len(page) < len(names):
                    text += "<IsTruncated>true</IsTruncated>"
                    text += "<NextContinuationToken>%s</NextContinuationToken>" % page[-1]
                return 200, text.encode(), {}
            if key not in objects:
                return error(404, "NoSuchKey")
            found = objects[key][0]
            if trouble == "rotten" and found:
                found = found[:-1] + bytes([found[-1] ^ 1])
            return 200, found, objects[key][1]

        def on_head(self, key, query, body):
            if key not in objects:
                return 404, b"", {}
            return 200, objects[key][0], objects[key][1]

        def on_delete(self, key, query, body):
            objects.pop(key, None)
            return 204, b"", {}

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/certificate.pem", folder + "/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    """#
}
