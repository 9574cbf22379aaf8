/// What a path on the storage or media host asks for.
public enum StorageRoute: Hashable, Sendable {
  /// `POST /storage/auth/token`: a token for uploads.
  case token
  /// `POST /storage/upload/initiate`: addresses for one upload.
  case initiate
  /// `POST /storage/upload/initiate-multipart`: addresses for an upload in parts.
  case initiateMultipart
  /// `GET /.well-known/jwks.json`: the keys that sign webhooks.
  case webhookKeys
  /// `POST /files/upload`: a whole file.
  case upload
  /// `POST /files/upload/multipart`: the begin of a file in parts.
  case uploadMultipart
  /// `PUT {file}/multipart/{upload}/{number}`: one part.
  case part(file: [String], upload: String, number: Int)
  /// `POST {file}/multipart/{upload}/complete`: the end of a file in parts.
  case complete(file: [String], upload: String)
  /// `GET` or `PUT /files/…`: a file, named by the decoded parts behind `files`.
  case file([String])

  /// Reads a path without its query; `nil` for all others, for `..`, `%2f` and empty parts.
  public init?(path: some StringProtocol) {
    guard let parts = PathParts.decoded(path) else { return nil }
    switch parts {
    case ["storage", "auth", "token"]: self = .token
    case ["storage", "upload", "initiate"]: self = .initiate
    case ["storage", "upload", "initiate-multipart"]: self = .initiateMultipart
    case [".well-known", "jwks.json"]: self = .webhookKeys
    case ["files", "upload"]: self = .upload
    case ["files", "upload", "multipart"]: self = .uploadMultipart
    default:
      guard parts.first == "files", parts.count > 1 else { return nil }
      self.init(below: Array(parts.dropFirst()))
    }
  }

  private init?(below parts: [String]) {
    let count = parts.count
    guard count >= 4, parts[count - 3] == "multipart" else {
      self = .file(parts)
      return
    }
    let file = Array(parts.dropLast(3))
    if parts[count - 1] == "complete" {
      self = .complete(file: file, upload: parts[count - 2])
    } else if let number = Int(parts[count - 1]), (1...10_000).contains(number) {
      self = .part(file: file, upload: parts[count - 2], number: number)
    } else {
      return nil
    }
  }

  /// The methods of the route.
  ///
  /// An upload address below `files` makes the JavaScript client's parts (`{address}/{number}`,
  /// `{address}/complete`) the same routes as the Python client's.
  public var methods: [String] {
    switch self {
    case .token, .initiate, .initiateMultipart, .upload, .uploadMultipart, .complete: ["POST"]
    case .part: ["PUT"]
    case .webhookKeys: ["GET", "HEAD"]
    case .file: ["GET", "HEAD", "PUT"]
    }
  }
}
