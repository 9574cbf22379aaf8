internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import SystemPackage

/// The answer to a `GET` or `HEAD` of a file: conditions, ranges, and headers under which a stranger's
/// file can do no harm to the pages of this server.
struct FileAnswer {
  let file: StoredFile
  let now: Timestamp

  /// A file never changes, so its digest is a strong tag.
  static func tag(of file: StoredFile) -> String { "\"\(file.digest.hex.prefix(32))\"" }

  func response(_ call: Call) async throws -> Response {
    let tag = Self.tag(of: file)
    if let wanted = call.headers[.ifMatch], !Self.lists(wanted, tag, allowingWeak: false) {
      throw Refusal(
        .preconditionFailed, .text("The file has another tag", type: nil), headers: [.eTag: tag])
    }
    if let known = call.headers[.ifNoneMatch], Self.lists(known, tag, allowingWeak: true) {
      var response = Response(status: .notModified, headers: headers)
      response.headers[.contentLength] = nil
      return response
    }
    switch range(call, tag) {
    case .whole: return try await whole(call)
    case .part(let range): return try await part(range, call)
    case .unsatisfiable:
      throw Refusal(
        .rangeNotSatisfiable, .text("The file has \(file.size) bytes", type: nil),
        headers: [.contentRange: "bytes */\(file.size)", .acceptRanges: "bytes", .eTag: tag])
    }
  }

  private func range(_ call: Call, _ tag: String) -> ByteRange {
    // A date is never equal: files have no date here, so a part might not fit what the client has.
    if let condition = call.headers[.ifRange], condition != tag { return .whole }
    return ByteRange(call.method == .get ? call.headers[.range] : nil, size: file.size)
  }

  private func whole(_ call: Call) async throws -> Response {
    var headers = headers
    headers[.contentLength] = "\(file.size)"
    guard file.size > 0, call.method == .get else {
      return Response(status: .ok, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: try await body(0..<file.size, call))
  }

  private func part(_ range: Range<Int>, _ call: Call) async throws -> Response {
    var headers = headers
    headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)"
    return Response(
      status: .partialContent, headers: headers, body: try await body(range, call))
  }

  /// Read piece by piece while the client takes it.
  private func body(_ range: Range<Int>, _ call: Call) async throws -> ResponseBody {
    do {
      return try await FileBody.bytes(range, of: file.path, to: call.context.channel)
    } catch Errno.noSuchFileOrDirectory {
      // Swept away since its record was read.
      throw Refusal.noSuchFile
    }
  }

  private var headers: HTTPFields {
    var headers: HTTPFields = [
      .eTag: Self.tag(of: file), .acceptRanges: "bytes", .contentType: file.contentType,
      .contentDisposition: "\(isShown ? "inline" : "attachment"); filename=\"\(file.name)\"",
      .cacheControl: caching, .xContentTypeOptions: "nosniff",
      // Whatever the file is, opened by itself it may run nothing and belongs to no origin.
      .contentSecurityPolicy: "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
    ]
    headers[.crossOriginResourcePolicy] = "cross-origin"
    return headers
  }

  /// Pictures, films and sounds are shown; what could be a page with scripts is saved.
  private var isShown: Bool {
    let type = file.contentType.lowercased()
    return (type.hasPrefix("image/") && !type.hasPrefix("image/svg"))
      || type.hasPrefix("video/") || type.hasPrefix("audio/")
  }

  /// An hour at most, so that what expires or is erased is soon gone everywhere.
  private var caching: String {
    guard file.access == .open else { return "private, no-store" }
    let left = file.expiresAt.map { Int(($0 - now).components.seconds) } ?? 3600
    return "public, max-age=\(max(0, min(3600, left)))"
  }

  /// Whether a list of tags, or `*`, has `tag`.
  private static func lists(_ header: String, _ tag: String, allowingWeak: Bool) -> Bool {
    header.split(separator: ",").contains { entry in
      var entry = entry.drop { $0 == " " || $0 == "\t" }
      while entry.last == " " || entry.last == "\t" { entry.removeLast() }
      if allowingWeak, entry.hasPrefix("W/") { entry = entry.dropFirst(2) }
      return entry == tag || entry == "*"
    }
  }
}
