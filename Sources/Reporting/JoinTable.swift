public import KeyreelCore

/// The joins of a film, as `keyreel verify` lists them.
public struct JoinTable {
  private let verdicts: [JoinVerdict]
  private let style: TextStyle

  /// A table of `verdicts` in film order.
  public init(_ verdicts: [JoinVerdict], style: TextStyle) {
    self.verdicts = verdicts
    self.style = style
  }

  /// One line for each join; empty without joins.
  public var text: String {
    guard !verdicts.isEmpty else { return "" }
    var table = Table(columns: [
      .init("join"), .init("frame", .right), .init("kind"), .init("stall", .right),
      .init("luma", .right), .init("chroma", .right), .init("verdict"),
    ])
    for verdict in verdicts {
      let figures = verdict.figures
      let judged = ![.cut, .crossfade].contains(verdict.place.kind)
      table.add([
        "\(verdict.place.before) → \(verdict.place.after)", String(verdict.place.frame),
        verdict.place.kind.rawValue, judged ? Self.number(figures.stall) : "–",
        judged ? Self.number(figures.lumaStep) : "–",
        judged ? Self.number(figures.chromaStep) : "–", Self.word(verdict),
      ])
    }
    let lines = table.lines(style: style) { row, column, text in
      guard column == 6 else { return text }
      return row[6] == "clean" ? style.paint(text, .green) : text
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func word(_ verdict: JoinVerdict) -> String {
    if [.cut, .crossfade].contains(verdict.place.kind) { return "as meant" }
    let mended =
      verdict.remedies.isEmpty
      ? "" : " (\(verdict.remedies.map(\.rawValue).joined(separator: ", ")))"
    guard verdict.isClean else {
      return verdict.faults.map(\.rawValue).joined(separator: ", ") + mended
    }
    return "clean" + mended
  }

  private static func number(_ value: Double) -> String {
    let hundredths = Int((value.magnitude * 100).rounded())
    let rest = hundredths % 100
    let sign = value < 0 && hundredths > 0 ? "-" : ""
    return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
