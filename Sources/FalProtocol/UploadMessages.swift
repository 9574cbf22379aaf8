/// The answer to `POST /files/upload`, and with an id to `POST /files/upload/multipart`.
public struct UploadedFile: Hashable, Sendable {
  /// Where the file is read.
  public var accessURL: String
  /// The id of a multipart upload that begins.
  public var uploadID: String?

  /// A file at `accessURL`.
  public init(accessURL: String, uploadID: String? = nil) {
    self.accessURL = accessURL
    self.uploadID = uploadID
  }

  /// The answer as JSON.
  public var json: JSONValue {
    var object = JSONObject([("access_url", .string(accessURL))])
    if let uploadID { object["uploadId"] = .string(uploadID) }
    return .object(object)
  }

  /// Reads an answer.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let url = value["access_url"]?.stringValue else {
      throw WireError("the answer to an upload has no `access_url`")
    }
    self.init(accessURL: url, uploadID: value["uploadId"]?.stringValue)
  }
}

/// One part of a multipart upload: the answer to its `PUT`, and what the end lists.
public struct UploadPart: Hashable, Sendable {
  /// 1-based number.
  public var number: Int
  /// The part's tag, without quotes.
  public var etag: String

  /// Part `number`, tagged `etag` with or without quotes.
  public init(number: Int, etag: String) {
    self.number = number
    self.etag =
      etag.hasPrefix("\"") && etag.hasSuffix("\"") && etag.utf8.count > 1
      ? String(etag.dropFirst().dropLast()) : etag
  }

  /// The answer to the part's `PUT`; the header `ETag` says the same in quotes.
  public var json: JSONValue { ["partNumber": .integer(number), "etag": .string(etag)] }

  /// Reads the body that ends a multipart upload, `{"parts": […]}`, sorted by number.
  ///
  /// One client lists parts in the order in which they were done; each number may occur once.
  public static func list(decoding value: JSONValue) throws(WireError) -> [UploadPart] {
    guard let list = value["parts"]?.arrayValue, !list.isEmpty else {
      throw WireError("the end of an upload has no `parts`")
    }
    var parts: [Int: UploadPart] = [:]
    for entry in list {
      guard let number = entry["partNumber"]?.intValue, (1...10_000).contains(number),
        let etag = entry["etag"]?.stringValue,
        parts.updateValue(UploadPart(number: number, etag: etag), forKey: number) == nil
      else { throw WireError("a part of an upload has no `partNumber` of its own or no `etag`") }
    }
    return parts.values.sorted { $0.number < $1.number }
  }

  /// The body that ends a multipart upload.
  public static func json(_ parts: [UploadPart]) -> JSONValue {
    ["parts": .array(parts.map(\.json))]
  }
}
