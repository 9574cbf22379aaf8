import FalProtocol
import Testing

@Suite("Headers and queries are read as fal reads them")
struct HeaderTests {
  @Test("Keys and tokens are told apart")
  func credentials() {
    #expect(Credentials("Key id:secret") == .key("id:secret"))
    #expect(Credentials("key   id:secret ") == .key("id:secret"))
    #expect(Credentials("BEARER t.o-k_en") == .bearer("t.o-k_en"))
    for text in ["", "Key", "Key ", "Basic abc", "id:secret", "Key a b", "Key a\u{0}"] {
      #expect(Credentials(text) == nil, "\(text)")
    }
    #expect(Credentials("Key " + String(repeating: "x", count: 5000)) == nil)
  }

  @Test("A key does not show itself in logs")
  func hidden() throws {
    let key = try #require(Credentials("Key canary:canary"))
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), "\([key] as [Any])", dumped] {
      #expect(!text.contains("canary"))
    }
  }

  @Test("A deadline is a number of seconds from a tenth on")
  func timeouts() {
    #expect(HeaderValue.timeout("30.0") == .seconds(30))
    #expect(HeaderValue.timeout("30") == .seconds(30))
    #expect(HeaderValue.timeout("0.1") == .milliseconds(100))
    for text in ["", "0", "0.05", "-1", "1e3", "nan", "inf", "1,5", " 3", "99999999999", "1.2.3"] {
      #expect(HeaderValue.timeout(text) == nil, "\(text)")
    }
  }

  @Test("Tags that are not sound are dropped silently, and more than ten")
  func tags() {
    let tags = HeaderValue.tags("team=film, cost = a/b ,=x,y=,broken,b=c d,k=v=w,é=1")
    #expect(tags == [.init("team", "film"), .init("cost", "a/b")])
    #expect(HeaderValue.tags((0..<20).map { "k\($0)=v" }.joined(separator: ",")).count == 10)
  }

  @Test("A life is read from both spellings of the JSON")
  func lifecycle() throws {
    let full = #"{"expiration_duration_seconds": 86400, "initial_acl": {"default": "forbid"}}"#
    let lifecycle = try #require(ObjectLifecycle(full))
    #expect(lifecycle.expiration == .seconds(86400))
    #expect(lifecycle.isPrivate)
    #expect(ObjectLifecycle(lifecycle.header) == lifecycle)
    #expect(ObjectLifecycle("{}")?.expiration == nil)
    for text in [
      "", "3600", "[]", #"{"expiration_duration_seconds":0}"#,
      #"{"expiration_duration_seconds":"1"}"#,
    ] {
      #expect(ObjectLifecycle(text) == nil, "\(text)")
    }
  }

  @Test("Options that cannot be meant are told with their place")
  func options() throws {
    func failure(_ headers: [String: String], _ query: String = "") throws -> ErrorDetail {
      try #require(throws: ErrorDetailFailure.self) {
        try RequestOptions(header: { headers[$0] }, query: QueryItems(parsing: query))
      }.detail
    }
    #expect(try failure(["x-fal-queue-priority": "high"]).path == "header.x-fal-queue-priority")
    #expect(try failure(["x-fal-request-timeout": "0.01"]).path == "header.x-fal-request-timeout")
    #expect(try failure([:], "fal_max_queue_length=-1").path == "query.fal_max_queue_length")
    #expect(try failure(["idempotency-key": ""]).path == "header.idempotency-key")
    let none = try RequestOptions(header: { _ in nil }, query: QueryItems())
    #expect(none == RequestOptions())
    #expect(none.allowsRetries && none.storesPayloads && none.allowsFallback)
  }

  @Test("Queries are decoded, whatever clients leave raw")
  func queries() {
    let query = QueryItems(parsing: "a=1&b=x+y%20z&c&d=p=q?r&a=2&e=%zz&f=%C3%BC")
    #expect(query["a"] == "1")
    #expect(query["b"] == "x y z")
    #expect(query["c"] == "")
    #expect(query["d"] == "p=q?r")
    #expect(query["e"] == "%zz")
    #expect(query["f"] == "ü")
    #expect(query["none"] == nil)
    let items = QueryItems([.init("k&", "v = ü/?")])
    #expect(QueryItems(parsing: items.text) == items)
  }
}
