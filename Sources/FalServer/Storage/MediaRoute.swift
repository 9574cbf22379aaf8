internal import FalProtocol

/// What a path on the storage or media host asks for: fal's own routes, and the addresses that this
/// server hands out for uploads without a key.
enum MediaRoute: Hashable {
  /// One of fal's routes that are no file and no part.
  case known(StorageRoute)
  /// `GET /files/b/{id}/{name}`.
  case file(id: String, name: String)
  /// `PUT /files/b/{id}/{name}/multipart/{id}/{number}`.
  case part(upload: String, number: Int)
  /// `POST /files/b/{id}/{name}/multipart/{id}/complete`.
  case complete(upload: String)
  /// `PUT /uploads/{id}`: a whole file, by the token in the query.
  case placedFile(upload: String)
  /// `PUT /uploads/{id}/{number}`: one part, by the token in the query.
  case placedPart(upload: String, number: Int)
  /// `POST /uploads/{id}/complete`: the end of the parts, by the token in the query.
  case placedComplete(upload: String)

  /// Reads a path without its query; `nil` for those that lead nowhere.
  init?(path: String) {
    let pieces = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if pieces.count >= 3, pieces[0].isEmpty, pieces[1] == "uploads" {
      self.init(uploads: Array(pieces.dropFirst(2)))
      return
    }
    switch StorageRoute(path: path) {
    case .part(let file, let upload, let number):
      guard Self.isFile(file), file[1] == upload else { return nil }
      self = .part(upload: upload, number: number)
    case .complete(let file, let upload):
      guard Self.isFile(file), file[1] == upload else { return nil }
      self = .complete(upload: upload)
    case .file(let file):
      guard Self.isFile(file) else { return nil }
      self = .file(id: file[1], name: file[2])
    case let route?: self = .known(route)
    case nil: return nil
    }
  }

  private init?(uploads pieces: [String]) {
    guard MediaPath.isID(pieces[0]) else { return nil }
    switch pieces.count {
    case 1: self = .placedFile(upload: pieces[0])
    case 2 where pieces[1] == "complete": self = .placedComplete(upload: pieces[0])
    case 2:
      // Only the plain form, so that a part has one address: no sign, no zero in front.
      guard let number = Int(pieces[1]), (1...10_000).contains(number),
        String(number) == pieces[1]
      else { return nil }
      self = .placedPart(upload: pieces[0], number: number)
    default: return nil
    }
  }

  private static func isFile(_ parts: [String]) -> Bool {
    parts.count == 3 && parts[0] == "b" && MediaPath.isID(parts[1])
  }

  /// The methods of the route.
  var methods: [String] {
    switch self {
    case .known(let route): route.methods
    case .file: ["GET", "HEAD"]
    case .part, .placedFile, .placedPart: ["PUT"]
    case .complete, .placedComplete: ["POST"]
    }
  }
}
