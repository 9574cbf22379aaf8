/// The answer to `POST /storage/auth/token`: a token for uploads.
public struct UploadToken: Hashable, Sendable {
  /// The token.
  public var token: String
  /// The word in front of it in `Authorization`.
  public var type: String
  /// Where multipart uploads go, without a slash at the end.
  public var baseURL: String
  /// The end of its life, with a numeric zone: `2026-02-17T10:30:01+00:00`.
  ///
  /// Old Pythons cannot read a `Z`.
  public var expiresAt: String

  /// A token of these parts.
  public init(token: String, type: String = "Bearer", baseURL: String, expiresAt: String) {
    self.token = token
    self.type = type
    self.baseURL = baseURL
    self.expiresAt = expiresAt
  }

  /// The answer as JSON.
  public var json: JSONValue {
    [
      "token": .string(token), "token_type": .string(type), "base_url": .string(baseURL),
      "expires_at": .string(expiresAt),
    ]
  }

  /// Reads an answer; token and base are needed.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let token = value["token"]?.stringValue, let base = value["base_url"]?.stringValue else {
      throw WireError("the answer with an upload token has no `token` or no `base_url`")
    }
    self.init(
      token: token, type: value["token_type"]?.stringValue ?? "Bearer", baseURL: base,
      expiresAt: value["expires_at"]?.stringValue ?? "")
  }
}

/// The body of `POST /storage/upload/initiate` and `…/initiate-multipart`.
public struct UploadOrder: Hashable, Sendable {
  /// The file's name, as the client calls it; not to be trusted.
  public var fileName: String
  /// Its media type.
  public var contentType: String

  /// An upload of a file called `fileName`.
  public init(fileName: String, contentType: String) {
    self.fileName = fileName
    self.contentType = contentType
  }

  /// The body as JSON.
  public var json: JSONValue {
    ["file_name": .string(fileName), "content_type": .string(contentType)]
  }

  /// Reads a body; what is missing gets a name and type that say nothing.
  public init(decoding value: JSONValue) throws(WireError) {
    guard value.objectValue != nil else { throw WireError("an upload needs a JSON object") }
    self.init(
      fileName: value["file_name"]?.stringValue ?? "file",
      contentType: value["content_type"]?.stringValue ?? "application/octet-stream")
  }
}

/// The answer to `POST /storage/upload/initiate` and `…/initiate-multipart`.
public struct UploadTarget: Hashable, Sendable {
  /// Where the file will be read.
  public var fileURL: String
  /// Where its bytes go, without the key.
  public var uploadURL: String

  /// Bytes go to `uploadURL` and come from `fileURL`.
  public init(fileURL: String, uploadURL: String) {
    self.fileURL = fileURL
    self.uploadURL = uploadURL
  }

  /// The answer as JSON.
  public var json: JSONValue {
    ["file_url": .string(fileURL), "upload_url": .string(uploadURL)]
  }

  /// Reads an answer.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let file = value["file_url"]?.stringValue, let upload = value["upload_url"]?.stringValue
    else { throw WireError("the answer to an upload has no `file_url` or no `upload_url`") }
    self.init(fileURL: file, uploadURL: upload)
  }
}
