import HTTP
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("No request is sent twice, and a failed one tells whether it may have arrived")
struct SubmissionTests {
  let server: CountingServer
  let body = Array(#"{"prompt":"a lake"}"#.utf8)

  init() throws { server = try CountingServer() }

  func post(_ path: String, tag: String, encrypted: Bool = false) -> HTTPCall {
    HTTPCall(
      .post, server.url(path, encrypted: encrypted), headers: [("X-Tag", tag)], body: body,
      timeout: .seconds(30))
  }

  func failure(_ call: HTTPCall, _ session: HTTPSession) async -> HTTPFailure? {
    await #expect(throws: HTTPFailure.self) { try await session.send(call) }
  }

  @Test(
    "An answer that is lost after the request was read is told as such", arguments: [true, false])
  func lostAnswer(encrypted: Bool) async throws {
    let failed = await failure(
      post("/reset", tag: "lost", encrypted: encrypted), server.session())
    #expect(failed?.mayHaveArrived == true)
    #expect(failed?.error.code == .network)
    #expect(try await server.count("lost").wholes == 1)
  }

  @Test(
    "A kept connection that ends under a submission never makes it go out twice",
    arguments: ["close", "reset", "head", "whole", "shut"], [true, false])
  func deadConnection(end: String, encrypted: Bool) async throws {
    let session = server.session(connections: 1)
    for round in 0..<5 {
      let tag = "\(end)\(round)"
      // The connection is used once, and what happens to it then is up to the server.
      let first = try await session.send(
        HTTPCall(.get, server.url("/doom/\(end)", encrypted: encrypted)))
      #expect(first.status == 200)
      do {
        let answer = try await session.send(post("/echo", tag: tag, encrypted: encrypted))
        #expect(answer.status == 200)
        #expect(try await server.count(tag).wholes == 1)
      } catch let failure as HTTPFailure {
        let wholes = try await server.count(tag).wholes
        #expect(wholes <= 1)
        #expect(failure.mayHaveArrived || wholes == 0, "a request that arrived is never denied")
      }
    }
  }

  @Test("What never reached a server is told as such, so that it may be tried again")
  func neverArrived() async throws {
    for (url, session) in [
      ("https://127.0.0.1:9/x", server.session()),
      ("http://keyreel.invalid/x", server.session(connectTimeout: .seconds(2))),
      (server.url("/echo", encrypted: true), server.session(trusts: false)),
      (server.url("/echo").replacing("http://", with: "https://"), server.session()),
      (server.url("/echo"), server.session(reach: .publicInternet)),
      ("ftp://127.0.0.1/x", server.session()),
      (server.url("/echo"), HTTPSession(HTTPSession.Settings(reach: .loopback))),
    ] {
      let call = HTTPCall(.post, url, headers: [("X-Tag", "never")], body: body)
      let failed = await failure(call, session)
      #expect(failed?.mayHaveArrived == false, "\(url): \(String(describing: failed))")
    }
    #expect(try await server.count("never").heads == 0)
  }

  @Test("A submission without an answer in time may have arrived")
  func silent() async throws {
    var call = post("/hang", tag: "silent")
    call.timeout = .milliseconds(300)
    #expect(await failure(call, server.session())?.mayHaveArrived == true)
    call.timeout = .seconds(60)
    call.stallTimeout = .seconds(1)
    #expect(await failure(call, server.session())?.mayHaveArrived == true)
    #expect(try await server.count("silent").wholes == 2)
  }

  @Test("A refusal counts with its status, however its explanation ends")
  func refusals() async throws {
    let session = server.session()
    for (path, kept) in [
      ("/refuse/429/10/20", 20), ("/refuse/422/10/1000", 20),
      ("/refuse/503/500000/1000000", 65_536),
      ("/refuse/403/0/0", 0),
    ] {
      let answer = try await session.send(post(path, tag: path))
      #expect(answer.status == Int(path.split(separator: "/")[1]))
      #expect(answer.body.count == kept)
      #expect(try await server.count(path).wholes == 1)
    }
  }

  @Test("Nothing in a header or an address can smuggle in another request")
  func smuggling() async throws {
    let session = server.session()
    for call in [
      HTTPCall(.get, server.url("/echo"), headers: [("X-Tag", "a\r\nX-Evil: 1")]),
      HTTPCall(.get, server.url("/echo"), headers: [("X-Tag", "a\nb")]),
      HTTPCall(.get, server.url("/echo"), headers: [("X-Tag: a\r\nX", "b")]),
      HTTPCall(.get, server.url("/echo"), headers: [("", "b")]),
      HTTPCall(.get, server.url("/echo\r\nX-Evil: 1")),
      HTTPCall(.get, server.url("/echo HTTP/1.1\r\n\r\nGET /evil")),
      HTTPCall(.get, server.url("/echo").replacing("127", with: "user:word@127")),
    ] {
      #expect(await failure(call, session)?.mayHaveArrived == false)
    }
  }

  @Test("Methods, bodies and empty headers arrive as they were meant")
  func shapes() async throws {
    let session = server.session()
    for (method, count) in [
      (HTTPCall.Method.get, nil), (.post, 5), (.post, 0), (.put, 300_000), (.put, 0),
      (.delete, nil),
    ] as [(HTTPCall.Method, Int?)] {
      let call = HTTPCall(
        method, server.url("/echo"), headers: [("X-Empty", ""), ("X-Full", "a: b")],
        body: count.map { [UInt8](repeating: 120, count: $0) })
      let told = String(decoding: try await session.send(call).body, as: UTF8.self)
      #expect(told.contains("\"method\": \"\(method.rawValue)\""))
      #expect(told.contains("\"body\": \(count ?? 0)}"))
      #expect(told.contains(#"["X-Full", "a: b"]"#) && told.contains(#"["X-Empty"#))
      #expect(!told.contains("Expect") && !told.contains("Content-Type"))
      #expect(told.contains("Content-Length") == (count != nil))
    }
  }

  @Test("Redirects are answers, not orders")
  func redirects() async throws {
    let answer = try await server.session().send(HTTPCall(.get, server.url("/redirect")))
    #expect(answer.status == 302)
    #expect(answer.header("location") == "/echo")
  }
}
