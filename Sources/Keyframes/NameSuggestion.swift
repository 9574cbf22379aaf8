#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
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
    /// What stands before the ending, in lower case; all when there is no ending.
    private let stem: Substring
    private let hasEnding: Bool
    /// The stem with a mark in the place of each number.
    private let words: String
    /// The stem's numbers, without leading zeros.
    private let numbers: [String]

    init(_ text: String) {
      self.text = text
      let letters = text.lowercased()
      let dot = letters.lastIndex(of: ".").flatMap { $0 > letters.startIndex ? $0 : nil }
      stem = letters[..<(dot ?? letters.endIndex)]
      hasEnding = dot != nil
      (words, numbers) = Self.parts(stem)
    }

    /// The nearest of `names`, the first of several; `nil` when none is near.
    func closest(among names: [Name]) -> String? {
      // Another case or ending is the smallest of slips.
      if let twin = names.first(where: { $0.stem == stem && $0.hasEnding == hasEnding }) {
        return twin.text
      }
      let meant = names.lazy.filter { !isNumberedLike($0) }.map(\.text)
      return Spelling.nearest(to: text, among: meant)
    }

    /// Whether both are the same but for their numbers; `7` and `007` are one number.
    ///
    /// `1.png` is not meant by `2.png`: it is another picture of a row.
    private func isNumberedLike(_ other: Name) -> Bool {
      words == other.words && numbers != other.numbers
    }

    private static func parts(_ stem: Substring) -> (words: String, numbers: [String]) {
      var words = String.UnicodeScalarView()
      var numbers: [String] = []
      var isInNumber = false
      for letter in stem.unicodeScalars {
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
