internal import KeyreelCore
internal import Media

/// The diagnostic codes of sources, listed in `docs/keyframes.md`.
enum ProblemCode {
  static let missing = "KR0401"
  static let wrongKind = "KR0402"
  static let permission = "KR0403"
  static let outside = "KR0404"
  static let empty = "KR0405"
  static let cutShort = "KR0406"
  static let damaged = "KR0407"
  static let animated = "KR0408"
  static let badSize = "KR0409"
  static let unsupported = "KR0410"
  static let unreadable = "KR0411"
  static let notPinned = "KR0412"
  static let notFetched = "KR0413"
  static let copyChanged = "KR0414"
  static let noSuchFrame = "KR0415"
  static let noCaptions = "KR0416"

  private static let codes: [OperationError.Code: String] = [
    .notFound: missing, .wrongKind: wrongKind, .permissionDenied: permission, .emptyFile: empty,
    .cutShort: cutShort, .corrupt: damaged, .animated: animated, .badSize: badSize,
    .unsupported: unsupported,
  ]

  static func code(for error: OperationError) -> String { codes[error.code] ?? unreadable }
}

extension SourceProblem {
  /// The problem that `error` is, told about `name` instead of the file's full path.
  init(_ error: any Error, path: String, name: String) {
    guard let error = error as? OperationError else {
      self.init(code: ProblemCode.unreadable, message: "\(name) cannot be used: \(error)")
      return
    }
    self.init(
      code: ProblemCode.code(for: error), message: error.message.replacing(path, with: name),
      suggestion: error.remedy)
  }
}
