internal import KeyreelCore
internal import Stitching

/// What the author should know of a film whose loudness could not be reached.
enum SoundRemark {
  /// One sentence behind the film's name; `nil` when all is as asked for.
  static func text(_ report: StitchReport) -> String? {
    guard let verdict = report.loudness else { return nil }
    guard let measured = verdict.measured else { return "is silent, so it has no loudness" }
    guard verdict.shortfall >= 0.05 else { return nil }
    return
      "is at \(tenths(measured + verdict.gain)) LUFS instead of \(tenths(verdict.target)): its "
      + "peaks would pass \(tenths(SoundVerdict.ceiling)) dBTP, and nothing is compressed"
  }

  private static func tenths(_ value: Double) -> String {
    let number = Int((value * 10).rounded())
    return "\(number < 0 ? "-" : "")\(abs(number) / 10).\(abs(number) % 10)"
  }
}
