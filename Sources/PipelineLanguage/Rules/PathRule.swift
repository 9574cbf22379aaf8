/// Makes paths relative to the project root, and refuses those that leave it.
///
/// Works on text alone; links are followed and checked again by whoever opens the file.
struct PathRule: Sendable {
  /// The pipeline file's folder, relative to the root.
  private let folder: [String]
  private let allowsOutside: Bool

  /// What is wrong with a path.
  struct Fault: Error {
    var message: String
    var suggestion: String
  }

  /// Rules for a pipeline file at `path`, relative to the root.
  init(pipeline path: String, allowsOutside: Bool) {
    folder = Self.parts(of: path).dropLast().filter { $0 != "." }
    self.allowsOutside = allowsOutside
  }

  /// An input, written relative to the pipeline file.
  func input(_ text: String) throws(Fault) -> String { try resolve(text, from: folder) }

  /// An output, written relative to the root.
  func output(_ text: String) throws(Fault) -> String { try resolve(text, from: []) }

  /// The parts between slashes, found byte by byte: no combining letter may hide a `/`.
  private static func parts(of path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
  }

  private func resolve(_ text: String, from folder: [String]) throws(Fault) -> String {
    if text.utf8.first == UInt8(ascii: "~") {
      throw Fault(
        message: "`~` is not expanded in pipelines",
        suggestion: "write the path relative to this file")
    }
    if text.utf8.first == UInt8(ascii: "/") {
      guard allowsOutside else {
        throw Fault(
          message: "the path `\(text.shortened)` is absolute, so it works on this machine alone",
          suggestion: "write it relative to this file, or allow it with `--allow-outside`")
      }
      return text
    }
    var parts = folder
    for part in Self.parts(of: text) where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    if parts.first == "..", !allowsOutside {
      throw Fault(
        message: "the path `\(text.shortened)` leaves the project",
        suggestion: "move the file into the project, or allow it with `--allow-outside`")
    }
    guard !parts.isEmpty else {
      throw Fault(
        message: "the path `\(text.shortened)` is a folder", suggestion: "name a file in it")
    }
    return parts.joined(separator: "/")
  }
}
