import FalProtocol
import KeyreelCore

/// One member of a plan file with its path, for messages.
struct PlanMember {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, _ path: String) {
    self.value = value
    self.path = path
  }

  func member(_ name: String) throws(PlanFile.Problem) -> PlanMember {
    let path = path.isEmpty ? name : "\(path).\(name)"
    guard let member = value[name] else { throw .broken("`\(path)` is missing") }
    return PlanMember(member, path)
  }

  func text(_ name: String) throws(PlanFile.Problem) -> String {
    let member = try member(name)
    guard let text = member.value.stringValue else {
      throw .broken("`\(member.path)` must be a text")
    }
    return text
  }

  func integer(_ name: String) throws(PlanFile.Problem) -> Int {
    let member = try member(name)
    guard let number = member.value.intValue else {
      throw .broken("`\(member.path)` must be a whole number")
    }
    return number
  }

  func flag(_ name: String) throws(PlanFile.Problem) -> Bool {
    let member = try member(name)
    guard let flag = member.value.boolValue else {
      throw .broken("`\(member.path)` must be true or false")
    }
    return flag
  }

  func price(_ expected: String, _ worst: String) throws(PlanFile.Problem) -> PriceRange {
    PriceRange(expected: try money(expected), worst: try money(worst))
  }

  private func money(_ name: String) throws(PlanFile.Problem) -> Money {
    guard let amount = Money(decimal: try text(name)), amount >= .zero else {
      throw .broken("`\(path).\(name)` must be an amount such as \"0.2664\"")
    }
    return amount
  }

  func list(_ name: String) throws(PlanFile.Problem) -> PlanMembers {
    let member = try member(name)
    guard let items = member.value.arrayValue else {
      throw .broken("`\(member.path)` must be a list")
    }
    return PlanMembers(
      items: items.enumerated().map { PlanMember($1, "\(member.path)[\($0)]") })
  }
}

/// The items of a list in a plan file.
struct PlanMembers {
  let items: [PlanMember]

  func mapping<Value>(
    _ transform: (PlanMember) throws(PlanFile.Problem) -> Value
  ) throws(PlanFile.Problem) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try transform(item)) }
    return values
  }
}

/// Reads the films of a plan file.
enum PlanFileReader {
  static func film(_ film: PlanMember) throws(PlanFile.Problem) -> PlanFile.Film {
    let rate: FrameRate?
    switch try film.member("frame_rate").value {
    case .integer(let number): rate = FrameRate(number)
    case .string(let text): rate = FrameRate(text)
    default: rate = nil
    }
    guard let rate else { throw .broken("`\(film.path).frame_rate` must be a frame rate") }
    let assembly = try film.member("assembly")
    return PlanFile.Film(
      name: try film.text("name"), frames: try film.integer("frames"), frameRate: rate,
      segments: try film.list("segments").mapping(segment),
      pieces: try assembly.list("pieces").mapping(piece),
      fields: FlatFields(film.value) { path in
        // Where a caption comes is said by what it belongs to.
        filmSkips.contains(path) || path.hasSuffix("].film_frame")
      })
  }

  /// Told by segments and pieces, or following from them.
  private static let filmSkips: Set<String> = [
    "name", "frames", "duration_seconds", "cost", "keyframes", "segments", "remarks",
    "assembly.key", "assembly.pieces", "assembly.chapters",
  ]

  private static func segment(_ segment: PlanMember) throws(PlanFile.Problem) -> PlanFile.Segment {
    let takes = try segment.list("takes").mapping(take)
    guard takes.count(where: \.isChosen) == 1 else {
      throw .broken("`\(segment.path).takes` must have exactly one chosen take")
    }
    return PlanFile.Segment(
      id: try segment.text("id"), sequence: try segment.text("sequence"),
      model: try segment.text("model"), frames: try segment.integer("frames"), takes: takes,
      fields: FlatFields(segment.value) { path in
        segmentSkips.contains(path)
          || path.hasPrefix("takes[") && takeSkips.contains { path.hasSuffix($0) }
      })
  }

  /// Names, and what the canvas of the pictures says already.
  private static let segmentSkips: Set<String> = [
    "id", "sequence", "starts_from", "frames", "pictures.first.canvas", "pictures.last.canvas",
    "lock.store",
    "lock.changes", "lock.frames", "lock.seed",
  ]
  /// What follows from the request, and what the store said.
  private static let takeSkips = [
    "].take", "].seed", "].key", "].cost", "].upper_bound", "].action", "].reason",
  ]

  private static func take(_ take: PlanMember) throws(PlanFile.Problem) -> PlanFile.Take {
    guard let action = Forecast.Action(rawValue: try take.text("action")) else {
      throw .broken("`\(take.path).action` must be generate, reuse, shared or locked")
    }
    return PlanFile.Take(
      number: try take.integer("take"), key: try take.text("key"),
      price: try take.price("cost", "upper_bound"), isChosen: try take.flag("chosen"),
      action: action)
  }

  private static func piece(_ piece: PlanMember) throws(PlanFile.Problem) -> PlanFile.Piece {
    let clip = piece.value["clip"]?.stringValue
    let content =
      clip.map { "clip \($0)" }
      ?? FlatFields(piece.value, skipping: { !pieceContent.contains($0) && !$0.isEmpty })
      .fields.map { "\($0.path) \($0.value)" }.joined(separator: " ")
    return PlanFile.Piece(
      label: try piece.text("label"), content: content,
      fields: FlatFields(piece.value) {
        $0 == "label" || clip != nil && ["clip", "frames"].contains($0)
      }, isClip: clip != nil)
  }

  /// What footage and stills show, whatever they are called and wherever they lie.
  private static let pieceContent: Set<String> = [
    "digest", "start", "count", "fit", "frames", "picture", "picture.still", "picture.video",
    "picture.frame", "picture.fit",
  ]
}
