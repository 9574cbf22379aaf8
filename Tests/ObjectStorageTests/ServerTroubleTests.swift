import KeyreelCore
import KeyreelTesting
import ObjectStorage
import Storage
import SystemPackage
import Testing

@Suite("Servers that fall over, and servers that are no good")
struct ServerTroubleTests {
  @Test("kill -9 of the server amid uploads loses nothing that was told as done")
  func killed() async throws {
    let server = try await ObjectServer()
    let space = S3Space(
      try S3Address("s3://clips/killed"),
      account: try S3Account(environment: server.environment) { _ in nil },
      settings: .init(
        pauses: [Duration](repeating: .milliseconds(500), count: 360), partSize: 5 << 20))
    let folder = try ScratchFolder()
    let film = [UInt8](repeating: 7, count: 24 << 20)
    try TestFile.write(film, to: folder.path.appending("film"))
    let told = Locked(Set<Int>())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in (writer * 100)..<(writer * 100 + 60) {
            let isNew = try await OwnThread.run { _ in
              try space.create("small/\(number)", Array("number \(number)".utf8))
            }
            // A write whose answer was lost with the server is still known to be one's own.
            #expect(isNew, "object \(number) was written by nobody else")
            told.withLock { _ = $0.insert(number) }
          }
        }
      }
      group.addTask {
        let isNew = try await OwnThread.run { [path = folder.path] _ in
          try space.upload(
            path.appending("film"), digest: Digest.of(film), byteCount: film.count, as: "film.mp4")
        }
        #expect(isNew)
      }
      while told.withLock({ $0.count }) < 20 { try await Task.sleep(for: .milliseconds(5)) }
      try await server.kill()
      #expect(told.withLock { $0.count } < 240, "it was killed amid uploads")
      try await server.start()
      try await group.waitForAll()
    }
    for number in told.withLock({ $0 }) {
      #expect(try space.read("small/\(number)") == Array("number \(number)".utf8))
    }
    let back = folder.path.appending("back")
    #expect(try space.fetch("film.mp4", to: back) == Digest.of(film))
  }

  @Test("A server that ignores conditional writes is refused by name")
  func careless() async throws {
    let server = try PythonServer(Self.carelessServer)
    let space = S3Space(
      try S3Address("s3://clips/prefix"),
      account: try S3Account(environment: [
        "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": "https://127.0.0.1:\(server.ports[0])",
      ]) { _ in nil },
      settings: .init(certificateFile: server.certificateFile, pauses: []))
    let scratch = try ScratchFolder()
    let store = try SharedStore(in: space, cache: scratch.path.appending("cache"))
    do {
      _ = try store.stage(ending: "mp4")
      Issue.record("the server was taken")
    } catch let error as OperationError {
      #expect(error.code == .unsupported)
      #expect(error.message.contains("s3://clips/prefix"), "\(error)")
      #expect(error.message.contains("ignores If-None-Match"), "\(error)")
      #expect(error.remedy?.contains("rclone serve s3") == true, "\(error)")
    }
  }

  /// Keeps what it is given, whatever the conditions.
  private static let carelessServer = #"""
    import http.server, ssl, sys, hashlib
    folder, kept = sys.argv[1], {}
    class Careless(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self, status, body=b"", **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_PUT(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept[self.path] = body
            self.answer(200, ETag='"%s"' % hashlib.md5(body).hexdigest())
        def do_GET(self):
            if self.path not in kept:
                return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            body = kept[self.path]
            self.answer(200, body, ETag='"%s"' % hashlib.md5(body).hexdigest())
        def do_DELETE(self):
            kept.pop(self.path, None)
            self.answer(204)
        def log_message(self, *words):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/certificate.pem", folder + "/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    import threading
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    """#
}
