internal import KeyreelCore

/// What `keyreel verify` found, as JSON for programs; described by `schemas/verify.schema.json`.
public struct ProofJSON: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The JSON as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The proofs in the order of the command line.
  public init(_ proofs: [FilmProof]) {
    var text = JSONText(indentedWithCapacity: 4096)
    text.object { text in
      text.key("format_version")
      text.value(1)
      text.key("films")
      text.array { text in for proof in proofs { text.object { Self.write(proof, to: &$0) } } }
    }
    text.endLine()
    bytes = text.bytes
  }

  private static func write(_ proof: FilmProof, to text: inout JSONText) {
    text.member("film", proof.film)
    text.key("ok")
    text.value(proof.findings.isEmpty)
    if let manifest = proof.manifest { text.member("manifest", manifest) }
    if let encoder = proof.encoder { text.member("encoder", encoder) }
    count("frames", proof.frames, &text)
    count("decoded", proof.decoded, &text)
    count("clips", proof.clips, &text)
    count("compared", proof.compared, &text)
    text.key("joins")
    text.array { text in for join in proof.joins { text.object { write(join, to: &$0) } } }
    text.key("companions")
    text.array { text in
      for companion in proof.companions {
        text.object {
          $0.member("path", companion.path)
          $0.member("state", companion.state.rawValue)
        }
      }
    }
    text.key("findings")
    text.array { text in
      for finding in proof.findings {
        text.object {
          $0.member("code", finding.code)
          $0.member("message", finding.message)
          count("frame", finding.frame, &$0)
          if let piece = finding.piece { $0.member("piece", piece) }
        }
      }
    }
    words("notes", proof.notes, &text)
  }

  private static func write(_ join: JoinVerdict, to text: inout JSONText) {
    text.member("before", join.place.before)
    text.member("after", join.place.after)
    count("frame", join.place.frame, &text)
    text.member("kind", join.place.kind.rawValue)
    words("faults", join.faults.map(\.rawValue), &text)
    words("remedies", join.remedies.map(\.rawValue), &text)
  }

  private static func count(_ name: String, _ number: Int?, _ text: inout JSONText) {
    guard let number else { return }
    text.key(name)
    text.value(number)
  }

  private static func words(_ name: String, _ words: [String], _ text: inout JSONText) {
    text.key(name)
    text.array { text in for word in words { text.value(word) } }
  }
}
