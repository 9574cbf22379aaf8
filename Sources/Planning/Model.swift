import KeyreelCore

/// A profile with what planning asks of it again and again.
final class Model: Sendable {
  let profile: ModelProfile
  let parameterNames: Set<String>
  /// Where the length, the seed and the prompt stand in the list of parameters.
  let lengthIndex: Int
  let seedIndex: Int?
  let promptIndex: Int?

  /// The catalog guarantees that the length parameter is there; a profile made by hand may not.
  init?(_ profile: ModelProfile) {
    guard
      let length = profile.parameters.firstIndex(where: { $0.name == profile.length.parameter })
    else { return nil }
    self.profile = profile
    lengthRange = Self.range(profile.parameters[length])
    parameterNames = Set(profile.parameters.map(\.name))
    lengthIndex = length
    seedIndex = profile.parameters.firstIndex { $0.name == "seed" && $0.kind == .integer }
    promptIndex = profile.parameters.firstIndex { $0.name == "prompt" && $0.kind == .string }
  }

  var id: String { profile.id }

  var lengthParameter: ModelProfile.Parameter { profile.parameters[lengthIndex] }

  /// The fewest and the most frames of a clip.
  let lengthRange: (low: Int, high: Int)

  /// Whole numbers of frames within what the profile says, and within what can be reckoned with.
  private static func range(_ length: ModelProfile.Parameter) -> (Int, Int) {
    let possible = 1...Double(Timeline.longest)
    func frames(_ number: Double?, _ otherwise: Double) -> Double {
      min(max(number ?? otherwise, possible.lowerBound), possible.upperBound)
    }
    let low = Int(frames(length.minimum, 2).rounded(.up))
    return (low, max(low, Int(frames(length.maximum, possible.upperBound))))
  }

  /// Frames asked for when the author says nothing.
  var defaultFrames: Int {
    if case .integer(let frames)? = lengthParameter.defaultValue { return frames }
    return 2
  }
}
