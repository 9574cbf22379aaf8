public import KeyreelCore
public import SystemPackage

/// Who may read a file.
public enum FileAccess: Int, Hashable, Sendable, Codable {
  /// Whoever knows its name.
  case open = 0
  /// Its owner; others are told that they may not.
  case forbidden = 1
  /// Its owner; others are told that it is not there.
  case hidden = 2
}

/// What is said of a file before its bytes come.
public struct FileLabel: Hashable, Sendable {
  /// Its name, made harmless: no folders, no control characters, ASCII letters, digits, `.`, `_`, `-`.
  public var name: String
  /// Its media type, `application/octet-stream` when what was said is none.
  public var contentType: String
  /// The key it belongs to.
  public var owner: String
  /// The job that made it.
  public var jobID: String?
  /// How long it is kept; for ever when `nil`.
  public var life: Duration?
  /// Who may read it.
  public var access: FileAccess

  /// A file that its sender calls `name`.
  public init(
    name: String?, contentType: String?, owner: String, jobID: String? = nil,
    life: Duration? = nil, access: FileAccess = .open
  ) {
    self.name = FileNames.harmless(name ?? "")
    self.contentType = FileNames.mediaType(contentType ?? "")
    self.owner = owner
    self.jobID = jobID
    self.life = life
    self.access = access
  }
}

/// A file that is kept.
public struct StoredFile: Hashable, Sendable {
  /// Its name for machines: 32 hexadecimal digits that nobody can guess.
  public var id: String
  /// Its name for people, harmless in a header and on a disk.
  public var name: String
  /// Its media type.
  public var contentType: String
  /// Bytes.
  public var size: Int
  /// Digest of its bytes.
  public var digest: Digest
  /// When it was written.
  public var createdAt: Timestamp
  /// When it goes; never when `nil`.
  public var expiresAt: Timestamp?
  /// The key it belongs to.
  public var owner: String
  /// The job that made it.
  public var jobID: String?
  /// Who may read it.
  public var access: FileAccess
  /// Where its bytes are; they never change.
  public var path: FilePath
}

/// A place kept for a file whose bytes come later, in one piece or in parts.
public struct Upload: Hashable, Sendable {
  /// The file's id, once it is there.
  public var id: String
  /// A secret that stands in a URL in place of a key.
  public var token: String
  /// What is said of the file.
  public var label: FileLabel
  /// When it was begun.
  public var createdAt: Timestamp
  /// When it is given up.
  public var expiresAt: Timestamp
  /// Whether its file is there.
  public var isFinished: Bool
}

/// One part, as a completion names it.
public struct UploadedPart: Hashable, Sendable {
  /// 1-based number.
  public var number: Int
  /// What the part was answered with; quotation marks do not matter.
  public var etag: String

  /// Part `number` that was answered with `etag`.
  public init(number: Int, etag: String) {
    self.number = number
    self.etag = etag
  }
}

/// Makes what strangers call their files harmless.
enum FileNames {
  /// The last part of `name` in ASCII letters, digits, `.`, `_` and `-`; at most 100 of them.
  static func harmless(_ name: String) -> String {
    let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    var text = ""
    for scalar in last.unicodeScalars {
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || [".", "_", "-"].contains(scalar))
      text.unicodeScalars.append(isPlain ? scalar : "_")
    }
    let trimmed = text.drop { $0 == "." || $0 == "-" }
    guard trimmed.count > 100 else { return trimmed.isEmpty ? "file" : String(trimmed) }
    // The ending says what it is, so it stays.
    let ending = trimmed.lastIndex(of: ".").map { trimmed[$0...] } ?? ""
    guard ending.count <= 10 else { return String(trimmed.prefix(100)) }
    return String(trimmed.prefix(100 - ending.count)) + ending
  }

  /// `type` when it looks like `image/png; charset=x`, else `application/octet-stream`.
  static func mediaType(_ type: String) -> String {
    let isPlain = type.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    let parts = type.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
    guard isPlain, type.utf8.count <= 127, parts.count == 2, !parts.contains(where: \.isEmpty)
    else {
      return "application/octet-stream"
    }
    return type
  }
}

extension DataFolder {
  /// Where the bytes of the file `id` are.
  func file(_ id: String) -> FilePath {
    files.appending(String(id.prefix(2))).appending(id)
  }

  /// Where the bytes of a part are.
  func part(_ name: UploadPartName) -> FilePath {
    parts.appending(name.upload).appending(name.body)
  }
}
