public import KeyreelCore

/// A failure of the world as people read it: what happened, and below it what to do.
public struct ErrorText: Sendable {
  private let error: OperationError
  private let style: TextStyle

  /// The text of `error`; names in it cannot steer the terminal.
  public init(_ error: OperationError, style: TextStyle = .plain) {
    self.error = error
    self.style = style
  }

  /// `error: …` and, on a line of its own, `help: …`, with a line end at the end.
  public var text: String { style.paint("error", .bold, .red) + ": " + body + "\n" }

  /// The message and the remedy, for those who begin the line otherwise; without a line end.
  var body: String {
    guard let remedy = error.remedy else { return DisplayWidth.harmless(error.message) }
    return DisplayWidth.harmless(error.message) + "\n  " + style.paint("help", .green) + ": "
      + DisplayWidth.harmless(remedy)
  }
}
