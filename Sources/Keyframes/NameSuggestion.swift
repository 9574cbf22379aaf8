#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

/// Finds the file that somebody who named a missing one probably meant.
enum NameSuggestion {
  /// An existing path like the root-relative `path`, corrected one component at a time; or `nil`.
  static func path(like path: String, root: FilePath) -> String? {
    let given = FilePath(path)
    var place = given.isAbsolute ? FilePath("/") : root
    var corrected = FilePath(given.isAbsolute ? "/" : "")
    for component in given.components {
      let wanted = component.string
      let next: String
      if access(place.appending(wanted).string, F_OK) == 0 {
        next = wanted
      } else if let close = closest(to: wanted, among: names(in: place)) {
        next = close
      } else {
        return nil
      }
      place.append(next)
      corrected.append(next)
    }
    return corrected.string == path ? nil : corrected.string
  }

  static func closest(to wanted: String, among names: [String]) -> String? {
    let limit = max(1, wanted.count / 3)
    return names.sorted()
      .map { (name: $0, distance: distance(wanted, $0)) }
      .filter { $0.distance <= limit }
      .min { $0.distance < $1.distance }?.name
  }

  /// Edits from one name to the other; another case or ending counts as one edit.
  private static func distance(_ left: String, _ right: String) -> Int {
    if left.lowercased() == right.lowercased() { return 1 }
    if let stem = stem(left), stem == self.stem(right) { return 1 }
    let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
    var previous = Array(0...b.count)
    for row in a.indices {
      var current = [row + 1]
      for column in b.indices {
        let change = previous[column] + (a[row] == b[column] ? 0 : 1)
        current.append(min(change, previous[column + 1] + 1, current[column] + 1))
      }
      previous = current
    }
    return previous[b.count]
  }

  private static func stem(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    return name[..<dot].lowercased()
  }

  private static func names(in folder: FilePath) -> [String] {
    guard let stream = opendir(folder.string) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    // Enough for any folder that a person keeps; no listing of a million files for one message.
    while names.count < 20_000, let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
