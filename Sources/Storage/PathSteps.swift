import SystemPackage

/// Steps down and up a path, as plain text.
///
/// `FilePath`'s own steps check all its rules anew at every step of theirs, which in a debug build
/// takes longer than the system call that the path is for.
extension FilePath {
  /// The path of `name` in this folder; `name` has no `..` in it.
  func child(_ name: String) -> FilePath {
    let folder = string
    return FilePath(folder.isEmpty || folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)")
  }

  /// The folder that this path is in; empty for a lone name.
  var parent: FilePath {
    let text = string
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return FilePath() }
    return FilePath(slash == text.startIndex ? "/" : String(text[..<slash]))
  }
}
