internal import KeyreelCore

/// What the name and the comment of a job say of it.
public struct SlurmNote: Hashable, Sendable {
  /// What the job does of its work.
  public enum Role: Hashable, Sendable {
    /// Its array's tasks make the clips of parts: task i those of part `from + i` of `parts`.
    case clips(parts: Int, from: Int)
    /// It joins the clips.
    case film
  }

  /// What it is part of.
  public let work: SlurmWork
  /// What it does of it.
  public let role: Role

  /// How many parts its work was divided into; `nil` for the film's job.
  public var parts: Int? {
    guard case .clips(let parts, _) = role else { return nil }
    return parts
  }

  static let prefix = "keyreel-"

  /// A note of `role` in `work`.
  public init(_ role: Role, of work: SlurmWork) {
    self.work = work
    self.role = role
  }

  /// The job's name, `keyreel-1f6c0b9a02de4471-clips`.
  public var name: String {
    switch role {
    case .clips: work.name + "-clips"
    case .film: work.name + "-film"
    }
  }

  /// The job's comment, one line of printable ASCII.
  public var comment: String {
    let role =
      switch role {
      case .clips(let parts, let from): "clips parts=\(parts) from=\(from)"
      case .film: "film"
      }
    return "keyreel plan=\(work.plan.hex) place=\(work.place) project=\(work.project) "
      + "makes=\(role) pipeline=\(Self.escaped(work.pipeline))"
  }

  /// Reads a job's name and comment; `nil` for jobs that are not ours, whatever they say.
  public init?(name: String, comment: String) {
    guard name.hasPrefix(Self.prefix) else { return nil }
    let words = comment.split(separator: " ")
    guard words.first == "keyreel" else { return nil }
    let pairs = words.dropFirst().compactMap { word -> (String, String)? in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    let fields = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    guard let plan = fields["plan"].flatMap({ Digest(hex: $0) }), let place = fields["place"],
      let project = fields["project"], let pipeline = fields["pipeline"].flatMap(Self.unescaped)
    else { return nil }
    work = SlurmWork(plan: plan, place: place, project: project, pipeline: pipeline)
    switch fields["makes"] {
    case "film": role = .film
    case "clips":
      guard let parts = fields["parts"].flatMap({ Int($0) }), parts > 0,
        let from = fields["from"].flatMap({ Int($0) }), (0..<parts).contains(from)
      else { return nil }
      role = .clips(parts: parts, from: from)
    default: return nil
    }
    guard name == self.name else { return nil }
  }

  /// `text` without anything that Slurm, a shell or a table could read in another way.
  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || "/._-".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hex(byte)
    }.joined()
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + digits : digits
  }

  private static func unescaped(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
