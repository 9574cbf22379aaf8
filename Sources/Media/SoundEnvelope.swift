#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How loud each sample of one part of a film's sound is: gain, straight fades, equal-power ramps.
struct SoundEnvelope {
  private let gain: Float
  private let range: Range<Int>
  private let fadeIn: Int
  private let fadeOut: Int
  private let coming: Range<Int>?
  private let leaving: Range<Int>?

  init(_ part: SoundPart) {
    gain = part.gain == 0 ? 1 : Float(pow(10, Double(part.gain) / 2000))
    range = part.range
    fadeIn = min(part.fadeIn, range.count)
    fadeOut = min(part.fadeOut, range.count)
    coming = part.coming.flatMap { $0.isEmpty ? nil : $0 }
    leaving = part.leaving.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What sample `place` of the film is multiplied by.
  func factor(at place: Int) -> Float {
    var factor = gain
    let index = place - range.lowerBound
    if index < fadeIn { factor *= Float(index) / Float(fadeIn) }
    let rest = range.upperBound - place
    if rest < fadeOut { factor *= Float(rest) / Float(fadeOut) }
    // The squares of both ramps add up to one: two sounds together are as loud as each alone.
    if let coming, place < coming.upperBound { factor *= Self.rise(place, coming) }
    if let leaving, place >= leaving.lowerBound {
      factor *= Self.rise(leaving.upperBound + leaving.lowerBound - 1 - place, leaving)
    }
    return factor
  }

  private static func rise(_ place: Int, _ ramp: Range<Int>) -> Float {
    guard place >= ramp.lowerBound else { return 0 }
    let part = (Float(place - ramp.lowerBound) + 0.5) / Float(ramp.count)
    return sin(min(part, 1) * .pi / 2)
  }
}
