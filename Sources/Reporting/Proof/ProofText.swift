internal import KeyreelCore

/// What `keyreel verify` found, as people read it.
public struct ProofText {
  private let proof: FilmProof
  private let style: TextStyle

  /// The text of `proof`.
  public init(_ proof: FilmProof, style: TextStyle) {
    self.proof = proof
    self.style = style
  }

  /// The joins and one line of what was looked at, with a line end each.
  public var text: String {
    guard let frames = proof.frames else { return companion }
    var parts = ["\(Amounts.count(frames, "frame"))", "\(proof.decoded) decoded"]
    if proof.compared > 0 { parts.append("\(proof.compared) compared with their clips") }
    if let clips = proof.clips, clips > 0 {
      parts.append("\(Amounts.count(clips, "clip")) whole in the store")
    }
    let visible = proof.joins.count { !$0.isClean }
    if visible > 0 { parts.append("\(visible) of \(proof.joins.count) joins visible") }
    let others = proof.companions.filter { $0.state == .same }.count
    if others > 0 { parts.append("\(Amounts.count(others, "other output")) unchanged") }
    let verdict =
      proof.findings.isEmpty
      ? style.paint("as its manifest says", .green) : style.paint("not as its manifest says", .red)
    let notes = proof.notes.map { "  note: \(DisplayWidth.harmless($0))\n" }.joined()
    return JoinTable(proof.joins, style: style).text
      + "\(DisplayWidth.harmless(proof.film)): \(verdict): \(parts.joined(separator: ", "))\n"
      + notes
  }

  /// The line of something that was made of a film.
  private var companion: String {
    guard proof.findings.isEmpty, proof.companions.first?.state == .same else { return "" }
    return "\(DisplayWidth.harmless(proof.film)): " + style.paint("as its manifest says", .green)
      + ": every byte\n"
  }

  /// What is wrong, one message each; of many of a kind the first ones.
  public var errors: String {
    let shown = proof.findings.prefix(20)
    var lines = shown.map { finding in
      ErrorText(OperationError(.verificationFailed, finding.message), style: style).text
    }
    if proof.findings.count > shown.count {
      lines.append("  and \(proof.findings.count - shown.count) more\n")
    }
    return lines.joined()
  }
}
