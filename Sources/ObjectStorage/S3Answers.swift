internal import HTTP
internal import KeyreelCore

/// The little that is read of S3's XML answers: texts of named elements, in their order.
struct S3Text {
  private let text: String

  init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

  /// The texts of all elements `name`, in the order of the answer.
  func all(_ name: String) -> [String] {
    var found: [String] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "<\(name)>"),
      let end = rest[start.upperBound...].firstRange(of: "</\(name)>")
    {
      found.append(Self.plain(rest[start.upperBound..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return found
  }

  /// The text of the first element `name`.
  func first(_ name: String) -> String? { all(name).first }

  private static func plain(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    let entities = [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"),
      ("&amp;", "&"),
    ]
    return entities.reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }
}

/// What a server's refusal means to a person.
enum S3Failure {
  /// The error for `answer`, which was no success, on `name` in the place `address`.
  static func error(_ answer: HTTPAnswer, _ name: String, at address: String) -> OperationError {
    let text = S3Text(answer.body)
    let code = text.first("Code") ?? "status \(answer.status)"
    let words = text.first("Message").map { ": \($0.prefix(200))" } ?? ""
    let region = answer.header("x-amz-bucket-region") ?? text.first("Region")
    switch (answer.status, code) {
    case (_, "NoSuchBucket"):
      return OperationError(
        .notFound, "\(address): there is no such bucket", remedy: "make it, or check its name")
    case (_, "RequestTimeTooSkewed"):
      return OperationError(
        .permissionDenied,
        "\(address): this machine's clock is wrong and the server does not tell its own",
        remedy: "set the clock")
    case (_, "ExpiredToken"), (_, "TokenRefreshRequired"):
      return OperationError(
        .permissionDenied, "\(address): the session token has expired",
        remedy: "get new credentials and run again; nothing that was bought is lost")
    case (301, _), (307, _), (400, "AuthorizationHeaderMalformed"):
      return OperationError(
        .unsupported,
        "\(address): the bucket is in another region\(region.map { ", \($0)" } ?? "")",
        remedy: "set AWS_REGION")
    case (401, _), (403, _):
      return OperationError(
        .permissionDenied, "\(address): the server refuses \(name) (\(code))",
        remedy: "check the credentials and what they may do with this bucket")
    default:
      return OperationError(
        .network, "\(address): \(name) failed with \(code)\(words)", remedy: "try again",
        isRetryable: isPassing(answer))
    }
  }

  /// Whether the same request may be answered otherwise a little later.
  ///
  /// 409: another conditional write of the same name was under way.
  static func isPassing(_ answer: HTTPAnswer) -> Bool {
    if answer.status >= 500 || [408, 409, 425, 429].contains(answer.status) { return true }
    guard answer.status == 400, let code = S3Text(answer.body).first("Code") else { return false }
    return damagedOnTheWay.contains(code)
  }

  /// What came was not what was sent: it is sent again.
  /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
  private static let damagedOnTheWay: Set<String> = [
    "BadDigest", "IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch",
    "XAmzContentChecksumMismatch",
  ]

  /// Whether the server finds the request's time too far from its own.
  static func isOfOtherTime(_ answer: HTTPAnswer) -> Bool {
    answer.status == 403 && S3Text(answer.body).first("Code") == "RequestTimeTooSkewed"
  }
}
