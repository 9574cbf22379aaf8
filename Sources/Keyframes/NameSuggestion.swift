#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

/// Finds the files that somebody who named missing ones probably meant.
///
/// Folders are listed once, and only the first few missing files get a suggestion: who misses more
/// has another trouble than a slip, and should not wait for every name to be compared with every file.
struct NameSuggestion {
  /// Suggestions in all.
  static let limit = 20

  private let root: FilePath
  private var listings: [FilePath: [Name]] = [:]
  private var left = Self.limit

  init(root: FilePath) { self.root = root }

  /// An existing path like the root-relative `path`, corrected one component at a time; or `nil`.
  mutating func path(like path: String) -> String? {
    guard left > 0 else { return nil }
    left -= 1
    let given = FilePath(path)
    var place = given.isAbsolute ? FilePath("/") : root
    var corrected = FilePath(given.isAbsolute ? "/" : "")
    for component in given.components {
      let wanted = component.string
      let next: String
      if access(place.appending(wanted).string, F_OK) == 0 {
        next = wanted
      } else if let close = Name(wanted).closest(among: names(in: place)) {
        next = close
      } else {
        return nil
      }
      place.append(next)
      corrected.append(next)
    }
    return corrected.string == path ? nil : corrected.string
  }

  /// The names in `folder`, sorted.
  private mutating func names(in folder: FilePath) -> [Name] {
    if let known = listings[folder] { return known }
    let names = Self.list(folder).sorted().map(Name.init)
    listings[folder] = names
    return names
  }

  private static func list(_ folder: FilePath) -> [String] {
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

extension NameSuggestion {
  /// A file's name, taken apart for comparing.
  struct Name {
    private let text: String
    /// In lower case.
    private let letters: [Unicode.Scalar]
    /// What stands before the ending, in lower case; all when there is no ending.
    private let stem: ArraySlice<Unicode.Scalar>

    init(_ text: String) {
      self.text = text
      letters = Array(text.lowercased().unicodeScalars)
      stem = letters[..<(letters.lastIndex(of: ".").flatMap { $0 > 0 ? $0 : nil } ?? letters.count)]
    }

    /// The nearest of `names`, the first of several; `nil` when none is near.
    func closest(among names: [Name]) -> String? {
      var (nearest, limit) = (String?.none, max(1, letters.count / 3))
      for name in names {
        guard let distance = distance(to: name, atMost: limit) else { continue }
        nearest = name.text
        // From now on only what is nearer still.
        limit = distance - 1
      }
      return nearest
    }

    /// Edits from one name to the other, if no more than `limit`; another case or ending is one edit.
    private func distance(to other: Name, atMost limit: Int) -> Int? {
      guard limit > 0 else { return nil }
      if letters == other.letters { return 1 }
      if stem.count < letters.count, other.stem.count < other.letters.count, stem == other.stem {
        return 1
      }
      guard abs(letters.count - other.letters.count) <= limit else { return nil }
      let edits = Self.edits(letters, other.letters, atMost: limit)
      // `1.png` is not meant by `2.png`: it is another picture of a row.
      return edits.flatMap { isNumberedLike(other) ? nil : $0 }
    }

    private static func edits(
      _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int
    ) -> Int? {
      var previous = Array(0...right.count)
      for row in left.indices {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        var least = row + 1
        for column in right.indices {
          let change = previous[column] + (left[row] == right[column] ? 0 : 1)
          let edits = min(change, previous[column + 1] + 1, current[column] + 1)
          current.append(edits)
          least = min(least, edits)
        }
        // No later row has fewer edits than the least of this one.
        guard least <= limit else { return nil }
        previous = current
      }
      return previous[right.count] <= limit ? previous[right.count] : nil
    }

    /// Whether both are the same but for their numbers; `7` and `007` are one number.
    private func isNumberedLike(_ other: Name) -> Bool {
      let (own, others) = (Self.parts(stem), Self.parts(other.stem))
      return own.words == others.words && own.numbers != others.numbers
    }

    private static func parts(_ stem: ArraySlice<Unicode.Scalar>) -> (
      words: String, numbers: [String]
    ) {
      var words = String.UnicodeScalarView()
      var numbers: [String] = []
      var isInNumber = false
      for letter in stem {
        let isDigit = ("0"..."9").contains(letter)
        if !isDigit {
          words.append(letter)
        } else {
          // A mark in the words for every number, which no name has.
          if !isInNumber {
            numbers.append("")
            words.append("\0")
          }
          let last = numbers.count - 1
          if numbers[last] == "0" { numbers[last] = "" }
          numbers[last].unicodeScalars.append(letter)
        }
        isInNumber = isDigit
      }
      return (String(words), numbers)
    }
  }
}
