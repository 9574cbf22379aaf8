/// Something that is done about a visible join.
public enum JoinRemedy: String, Hashable, Sendable, Codable, CaseIterable {
  /// Frames that are shown twice are left out; the frames around them take their time.
  case drop
  /// Frames on which motion stands still are left out; the frames around them take their time.
  case trim
  /// Light and colours are led back to the authored keyframe.
  case color
  /// A few frames around a jump are made anew from those beside them, along their motion.
  case blend
}

/// What is done about joins that are not clean.
public enum JoinMending: Hashable, Sendable, Codable {
  /// Nothing.
  case off
  /// What the verdict on each join asks for.
  case auto
  /// These remedies where the verdict asks for them, and no others.
  case only(Set<JoinRemedy>)

  /// Whether `remedy` may be used.
  public func allows(_ remedy: JoinRemedy) -> Bool {
    switch self {
    case .off: false
    case .auto: true
    case .only(let remedies): remedies.contains(remedy)
    }
  }

  /// The words of the language: `off`, `auto`, or remedies in the order of ``JoinRemedy``.
  public var words: [String] {
    switch self {
    case .off: ["off"]
    case .auto: ["auto"]
    case .only(let remedies): JoinRemedy.allCases.filter(remedies.contains).map(\.rawValue)
    }
  }

  /// Reads what ``words`` wrote; `nil` for anything else.
  public init?(words: [String]) {
    switch words {
    case ["off"], []: self = .off
    case ["auto"]: self = .auto
    default:
      let remedies = words.compactMap(JoinRemedy.init(rawValue:))
      guard remedies.count == words.count else { return nil }
      self = .only(Set(remedies))
    }
  }

  /// Reads a list of words.
  public init(from decoder: any Decoder) throws {
    let words = try decoder.singleValueContainer().decode([String].self)
    guard let mending = JoinMending(words: words) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "unknown remedies \(words)"))
    }
    self = mending
  }

  /// Writes the list of words.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(words)
  }
}
