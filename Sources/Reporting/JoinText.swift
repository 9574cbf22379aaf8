import KeyreelCore

/// A join's verdict for people and for programs.
struct JoinText {
  let verdict: JoinVerdict

  init(_ verdict: JoinVerdict) { self.verdict = verdict }

  /// Which join, what is wrong with it, and what was done.
  var line: String {
    let place = verdict.place
    return "\(place.before) → \(place.after) at frame \(place.frame): \(finding)"
  }

  /// What is wrong with it, and what was done; empty for a clean join that was left alone.
  var finding: String {
    guard let unmended = verdict.unmended else {
      return Self.list(verdict.faults, verdict.figures)
    }
    let before = JoinRules.faults(of: unmended, at: verdict.place.kind)
    return "\(Self.list(before, unmended)); \(verdict.remedies.map(\.past).joined(separator: ", "))"
      + (verdict.isClean ? "" : "; still \(Self.list(verdict.faults, verdict.figures))")
  }

  private static func list(_ faults: [JoinFault], _ figures: JoinFigures) -> String {
    faults.map { $0.text(figures) }.joined(separator: ", ")
  }

  /// The members of an event or a report.
  func write(to text: inout JSONText) {
    let place = verdict.place
    text.member("before", place.before)
    text.member("after", place.after)
    text.member("frame", place.frame)
    text.member("kind", place.kind.rawValue)
    text.key("faults")
    text.array { text in for fault in verdict.faults { text.value(fault.rawValue) } }
    text.key("remedies")
    text.array { text in for remedy in verdict.remedies { text.value(remedy.rawValue) } }
    text.key("figures")
    text.object { $0.write(verdict.figures) }
    text.key("unmended")
    if let unmended = verdict.unmended {
      text.object { $0.write(unmended) }
    } else {
      text.null()
    }
  }
}

extension JSONText {
  fileprivate mutating func write(_ figures: JoinFigures) {
    number("motion_before", figures.motionBefore)
    number("motion_across", figures.motionAcross)
    number("motion_after", figures.motionAfter)
    member("still_before", figures.stillBefore)
    member("still_after", figures.stillAfter)
    member("duplicates", figures.duplicates)
    number("stall", figures.stall)
    number("luma_step", figures.lumaStep)
    number("luma_motion", figures.lumaMotion)
    number("chroma_step", figures.chromaStep)
    number("chroma_motion", figures.chromaMotion)
    number("sharpness_step", figures.sharpnessStep)
    number("sharpness_motion", figures.sharpnessMotion)
    key("keyframe")
    guard let keyframe = figures.keyframe else { return null() }
    object { text in
      text.number("luma_before", keyframe.lumaBefore)
      text.number("luma_after", keyframe.lumaAfter)
      text.number("chroma_before", keyframe.chromaBefore)
      text.number("chroma_after", keyframe.chromaAfter)
      text.number("shape", keyframe.shape)
    }
  }

  private mutating func number(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }
}

extension JoinFault {
  /// What is seen, with its figure.
  fileprivate func text(_ figures: JoinFigures) -> String {
    switch self {
    case .duplicate: "\(Amounts.count(figures.duplicates + 1, "equal frame"))"
    case .stall: "motion stalls for \(Self.short(figures.stall)) frames"
    case .jump: "the picture jumps"
    case .luma:
      "\(Self.short(figures.lumaStep.magnitude)) steps \(figures.lumaStep > 0 ? "brighter" : "darker")"
    case .chroma: "colours change by \(Self.short(figures.chromaStep)) steps"
    case .sharpness: figures.sharpnessStep > 0 ? "suddenly sharper" : "suddenly softer"
    case .drift: "light or colours have left the keyframe"
    }
  }

  /// With one decimal.
  private static func short(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension JoinRemedy {
  fileprivate var past: String {
    switch self {
    case .drop: "equal frames left out"
    case .trim: "standing frames left out"
    case .color: "colours led back to the keyframe"
    case .blend: "blended along the motion"
    }
  }
}

/// How the joins of a film are, in numbers.
struct JoinCount: Hashable, Sendable {
  private(set) var clean = 0
  private(set) var mended = 0
  private(set) var visible = 0

  mutating func add(_ verdict: JoinVerdict) {
    // Cuts and crossfades are meant to be seen.
    guard [.chained, .held].contains(verdict.place.kind) else { return }
    if !verdict.isClean {
      visible += 1
    } else if verdict.remedies.isEmpty {
      clean += 1
    } else {
      mended += 1
    }
  }

  /// `12 clean joins, 1 mended, 1 visible`; `nil` without joins.
  var text: String? {
    guard clean + mended + visible > 0 else { return nil }
    var parts: [String] = []
    if clean > 0 { parts.append(Amounts.count(clean, "clean join")) }
    if mended > 0 {
      parts.append(parts.isEmpty ? Amounts.count(mended, "mended join") : "\(mended) mended")
    }
    if visible > 0 {
      parts.append(parts.isEmpty ? Amounts.count(visible, "visible join") : "\(visible) visible")
    }
    return parts.joined(separator: ", ")
  }
}
