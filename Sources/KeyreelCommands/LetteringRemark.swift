internal import KeyreelCore
internal import Stitching

/// What drawing words cost a film, in frames.
enum LetteringRemark {
  /// One sentence; `nil` when no words are drawn.
  static func text(_ report: StitchReport) -> String? {
    let lettered = report.film.lettered.reduce(0) { $0 + $1.count }
    guard lettered > 0 else { return nil }
    let text = "words are drawn on \(lettered) of its \(report.frames) frames; "
    guard report.copied > 0 else { return text + "all of it is encoded" }
    return text + "\(report.encoded) are encoded, the others are copied as they are"
  }
}
