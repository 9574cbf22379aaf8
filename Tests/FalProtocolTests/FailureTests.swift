import FalProtocol
import KeyreelCore
import Testing

@Suite("Errors keep the server's words and say what to do")
struct FailureTests {
  /// A row of the error table: code, body, headers, what it means, what to do.
  struct Row: Sendable {
    var code: Int
    var body: String
    var headers: [String: String] = [:]
    var kind: ServiceFailure.Kind
    var advice: ServiceFailure.Advice
  }

  private static func list(_ type: String) -> String {
    #"{"detail":[{"loc":["body","image_url"],"msg":"words","type":"\#(type)"}]}"#
  }

  private static func text(_ words: String, _ type: String? = nil) -> String {
    #"{"detail":"\#(words)""# + (type.map { #","error_type":"\#($0)"}"# } ?? "}")
  }

  static let rows: [Row] = [
    Row(code: 401, body: text("invalid key credentials"), kind: .badKey, advice: .holdAll),
    Row(
      code: 403, body: text("User is locked. Reason: Exhausted balance. Top up"),
      kind: .lockedAccount, advice: .holdAll),
    Row(code: 403, body: text("TOP_UP"), kind: .lockedAccount, advice: .holdAll),
    Row(code: 403, body: text("Not allowed"), kind: .forbidden, advice: .giveUp),
    Row(code: 404, body: text("Application x not found"), kind: .notFound, advice: .giveUp),
    Row(
      code: 400, body: text("Request is still in progress"), kind: .tooEarly,
      advice: .repeatReadsOnly),
    Row(code: 400, body: text("no", "bad_request"), kind: .invalidInput, advice: .giveUp),
    Row(
      code: 400, body: list("downstream_service_error"), kind: .serverFault,
      advice: .repeatReadsOnly),
    Row(code: 422, body: list("missing"), kind: .invalidInput, advice: .giveUp),
    Row(code: 422, body: list("content_policy_violation"), kind: .refusedContent, advice: .giveUp),
    Row(code: 422, body: list("image_load_error"), kind: .unusablePicture, advice: .giveUp),
    Row(code: 422, body: list("image_too_small"), kind: .unusablePicture, advice: .giveUp),
    Row(code: 422, body: list("a_word_of_tomorrow"), kind: .invalidInput, advice: .giveUp),
    Row(code: 429, body: text("slow down"), kind: .tooMany, advice: .slowDown),
    Row(
      code: 429, body: "", headers: ["x-fal-error-type": "concurrent_requests_limit"],
      kind: .tooMany,
      advice: .slowDown),
    Row(
      code: 499, body: text("Request was cancelled", "client_cancelled"), kind: .cancelled,
      advice: .giveUp),
    Row(code: 500, body: text("boom"), kind: .serverFault, advice: .repeatReadsOnly),
    Row(
      code: 500, body: list("internal_server_error"), kind: .serverFault, advice: .repeatReadsOnly),
    Row(
      code: 503, body: text("no runner", "runner_scheduling_failure"), kind: .serverFault,
      advice: .repeatReadsOnly),
    Row(code: 502, body: "<html>nginx</html>", kind: .serverFault, advice: .repeatReadsOnly),
    Row(
      code: 504, body: list("generation_timeout"), kind: .generationTimeout,
      advice: .repeatReadsOnly),
    Row(
      code: 504, body: list("generation_timeout"), headers: ["x-fal-needs-retry": "false"],
      kind: .generationTimeout, advice: .giveUp),
    Row(
      code: 504, body: text("late", "request_timeout"), kind: .serverFault, advice: .repeatReadsOnly
    ),
    Row(
      code: 504, body: text("start timeout", "request_timeout"),
      headers: ["x-fal-request-timeout-type": "user"], kind: .startDeadline, advice: .giveUp),
    Row(code: 302, body: "", kind: .other, advice: .giveUp),
  ]

  @Test("Each row of the error table has its meaning and its advice", arguments: rows)
  func table(row: Row) {
    let failure = ServiceFailure(statusCode: row.code, body: ErrorBody(decoding: row.body.utf8)) {
      row.headers[$0]
    }
    #expect(failure.kind == row.kind)
    #expect(failure.advice == row.advice)
    #expect(failure.provesRefusal == (400..<499).contains(row.code))
  }

  @Test("What a server says is understood by the client of the same making")
  func bothSides() {
    for error in ServiceError.allCases {
      let body = ErrorBody(decoding: error.body("words").bytes)
      let failure = ServiceFailure(statusCode: error.statusCode, body: body)
      #expect(failure.kind != .other && failure.errorType == error.rawValue)
      #expect(!error.isRetriedByServer || failure.kind == .serverFault)
    }
    let picture = ModelError.fileTooLarge(field: "image_url", maximumBytes: 10, input: "u")
    let failure = ServiceFailure(statusCode: picture.statusCode, body: picture.body)
    #expect(failure.kind == .unusablePicture)
    #expect(failure.body.message.hasPrefix("body.image_url: The file is too large"))
  }

  @Test("All four forms of a body are read, and the three of fal's are written")
  func forms() throws {
    let detail = ErrorDetail(
      "image_too_small", "The picture is too small", at: [.key("body"), .key("images"), .index(2)],
      context: ["min_width": 32], input: "x")
    let bodies: [ErrorBody] = [
      .details([detail, ErrorDetail("missing", "Field required", field: "prompt")]),
      .text("Application x not found", type: nil), .text("no runner", type: "runner_disconnected"),
      .platform(.init("not_found", "No such thing", docsURL: "https://d", requestID: "r")),
      .other("<html>nginx</html>"),
    ]
    for body in bodies { #expect(ErrorBody(decoding: body.bytes) == body) }
    #expect(
      String(decoding: ErrorBody.details([detail]).bytes, as: UTF8.self)
        == #"{"detail":[{"loc":["body","images",2],"msg":"The picture is too small","#
        + #""type":"image_too_small","url":"https://docs.fal.ai/errors#image_too_small","#
        + #""ctx":{"min_width":32},"input":"x"}]}"#)
    #expect(
      bodies[0].message == "body.images.2: The picture is too small; body.prompt: Field required")
    #expect(bodies[0].type == "image_too_small")
  }

  @Test("An unreadable error is kept as far as it is of use")
  func unreadable() {
    let page = String(repeating: "x", count: 100_000)
    #expect(ErrorBody(decoding: page.utf8).message.utf8.count == 2000)
    #expect(ErrorBody(decoding: [0xFF, 0xFE]).type == nil)
    #expect(ErrorBody(decoding: #"{"detail":{"a":1}}"#.utf8) == .other(#"{"detail":{"a":1}}"#))
  }

  @Test("Waiting times and ids come from the headers")
  func headers() {
    let failure = ServiceFailure(statusCode: 429, body: .text("x", type: nil)) {
      ["retry-after": "7", "x-fal-request-id": "r", "x-fal-retryable": "true"][$0]
    }
    #expect(failure.retryAfter == .seconds(7))
    #expect(failure.requestID == "r")
    #expect(failure.needsRetry == true)
  }
}
