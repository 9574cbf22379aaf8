import KeyreelCore

/// The stable codes of what the language refuses; `docs/diagnostics.md` explains each.
enum DiagnosticCode: String, Sendable, CaseIterable {
  // The text.
  case fileTooLarge = "KR0001"
  case notUTF8 = "KR0002"
  case controlCharacter = "KR0003"
  case yamlSyntax = "KR0004"
  case tabIndent = "KR0005"
  case severalDocuments = "KR0006"
  case emptyFile = "KR0007"
  case nestedTooDeeply = "KR0008"
  case aliasExpandsTooMuch = "KR0009"
  case unknownAlias = "KR0010"
  case duplicateKey = "KR0011"
  case keyIsNotText = "KR0012"
  case mergeOfNoMapping = "KR0013"
  case tag = "KR0014"
  case tooManyMistakes = "KR0015"

  // The structure: held by the JSON Schema too.
  case unknownKey = "KR0020"
  case wrongKind = "KR0021"
  case noValue = "KR0022"
  case unquotedComma = "KR0023"
  case missingKey = "KR0024"
  case missingVersion = "KR0025"
  case unknownVersion = "KR0026"
  case notATime = "KR0027"
  case notAWholeNumber = "KR0028"
  case notANumber = "KR0029"
  case notABoolean = "KR0030"
  case notAnOption = "KR0031"
  case notASize = "KR0032"
  case notARate = "KR0033"
  case notAGain = "KR0034"
  case notAnAmount = "KR0035"
  case wrongCount = "KR0036"
  case keysExclude = "KR0037"
  case twoLengths = "KR0038"
  case misplacedKey = "KR0039"
  case badName = "KR0040"
  case badPath = "KR0041"
  case badAddress = "KR0042"
  case badDigest = "KR0043"
  case unpinnedAddress = "KR0044"
  case emptyText = "KR0045"
  case notALoudness = "KR0046"
  case notAPercentage = "KR0047"
  case notALanguage = "KR0048"

  // Names, values and what they add up to: the loader's alone.
  case notBuiltYet = "KR0060"
  case unknownKeyframe = "KR0061"
  case nameTwice = "KR0062"
  case unknownVariable = "KR0063"
  case openVariable = "KR0064"
  case valueOfVariable = "KR0065"
  case unusedVariable = "KR0066"
  case unknownBackend = "KR0067"
  case pickBeyondTakes = "KR0068"
  case emptyCut = "KR0069"
  case loopOfOne = "KR0070"
  case outsideRoot = "KR0071"
  case privateAddress = "KR0072"
  case tooManyVariants = "KR0073"
  case unusedKeyframe = "KR0074"
  case promptTwice = "KR0075"
  case nextLeadsNowhere = "KR0076"
  case nothingToJoin = "KR0077"
  case optionOfOtherKind = "KR0078"
  case outputEnding = "KR0079"
  case misspeltSetting = "KR0080"
  case insecureOrigin = "KR0081"
  case rateOutOfRange = "KR0082"

  // Lock files.
  case brokenLock = "KR0601"
  case lockedTwice = "KR0602"

  /// Whether the JSON Schema refuses the same text.
  ///
  /// The schema sees lists, mappings and scalars; never names, files, or what variables add up to.
  var isStructural: Bool { (20..<60).contains(number) }

  private var number: Int { Int(rawValue.dropFirst(2)) ?? 0 }
}

/// Diagnostics of one file, gathered and told together.
struct DiagnosticLog: Sendable {
  /// More than this many tell nobody anything; the rest is counted.
  static let limit = 500

  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  private var seen: Set<Key> = []
  private var omitted = 0

  /// What makes two diagnostics the same.
  private struct Key: Hashable {
    var code: String
    var span: SourceSpan?
    var message: String
  }

  init(file: String) { self.file = file }

  /// Takes note of a mistake; the same one in two variants is told once.
  mutating func error(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan?, suggestion: String? = nil,
    notes: [Diagnostic.Note] = []
  ) {
    add(
      Diagnostic(
        .error, code.rawValue, message, file: file, at: span, suggestion: suggestion,
        notes: notes))
  }

  /// Takes note of something that can be used, and probably should not be.
  mutating func warning(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan?, suggestion: String? = nil,
    notes: [Diagnostic.Note] = []
  ) {
    add(
      Diagnostic(
        .warning, code.rawValue, message, file: file, at: span, suggestion: suggestion,
        notes: notes))
  }

  private mutating func add(_ diagnostic: Diagnostic) {
    // Several keys may be missing at one place; all else at one place is one mistake, however it
    // is reached.
    let isMissing = diagnostic.code == DiagnosticCode.missingKey.rawValue
    let key = Key(
      code: diagnostic.code, span: diagnostic.span, message: isMissing ? diagnostic.message : "")
    guard seen.insert(key).inserted else { return }
    if diagnostics.count < Self.limit { diagnostics.append(diagnostic) } else { omitted += 1 }
  }

  /// Whether names close to a wrong one are still looked for.
  ///
  /// Each search takes as long as all names are; beyond twenty mistakes nobody reads the advice.
  var wantsAdvice: Bool { diagnostics.count < 20 }

  /// Whether anything makes the pipeline unusable.
  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// All diagnostics in the order of their places.
  var inOrder: [Diagnostic] {
    let start = SourceSpan.Place(line: 0, column: 0)
    var sorted = diagnostics.enumerated().sorted { left, right in
      let (a, b) = (left.element.span?.start ?? start, right.element.span?.start ?? start)
      return a == b ? left.offset < right.offset : a < b
    }.map(\.element)
    if omitted > 0 {
      sorted.append(
        Diagnostic(
          .error, DiagnosticCode.tooManyMistakes.rawValue,
          "\(omitted) further mistakes are not shown", file: file, at: nil,
          suggestion: "correct these first"))
    }
    return sorted
  }
}

/// A text that cannot be read any further; its mistake is in the log already.
struct Refusal: Error {}
