#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

extension FilePath {
  /// The same place, absolute and without symbolic links; `nil` when nothing is there.
  var resolved: FilePath? {
    guard let text = realpath(string, nil) else { return nil }
    defer { free(text) }
    return FilePath(String(cString: text))
  }
}
