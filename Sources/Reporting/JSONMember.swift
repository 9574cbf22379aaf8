/// Any JSON value, for comparison.
enum JSONMember: Hashable, Sendable {
  case object([String: JSONMember])
  case array([JSONMember])
  case string(String)
  /// As text, so that no precision is lost or invented.
  case number(String)
  case boolean(Bool)
  case null

  /// What is told of one comparison; more lines help nobody.
  static let mostDifferences = 20

  /// Members that tell of the store, not of the plan.
  private static let volatile: Set<String> = [
    "action", "reason", "new", "new_upper_bound", "reused",
  ]

  /// The value in a few characters.
  var short: String {
    switch self {
    case .object: "an object"
    case .array(let members): "a list of \(members.count)"
    case .string(let text): text.count > 24 ? "\(text.prefix(23))…" : text
    case .number(let text): text
    case .boolean(let flag): String(flag)
    case .null: "nothing"
    }
  }

  /// Adds a phrase for every place where `other` differs.
  func compare(with other: JSONMember, at place: String, _ differences: inout [String]) {
    guard self != other, differences.count < Self.mostDifferences else { return }
    switch (self, other) {
    case (.object(let old), .object(let new)):
      for name in Set(old.keys).union(new.keys).subtracting(Self.volatile).sorted() {
        let path = place.isEmpty ? name : "\(place).\(name)"
        (old[name] ?? .null).compare(with: new[name] ?? .null, at: path, &differences)
      }
    case (.array(let old), .array(let new)) where old.count == new.count:
      for (index, pair) in zip(old, new).enumerated() {
        pair.0.compare(with: pair.1, at: "\(place)[\(pair.0.label ?? String(index))]", &differences)
      }
    default:
      differences.append("\(place): \(short) → \(other.short)")
    }
  }

  /// What people call an element of a list.
  private var label: String? {
    guard case .object(let members) = self else { return nil }
    for name in ["id", "name", "label"] {
      if case .string(let text)? = members[name] { return text }
    }
    return nil
  }
}

extension JSONMember: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .boolean(flag)
    } else if let text = try? container.decode(String.self) {
      self = .string(text)
    } else if let whole = try? container.decode(Int.self) {
      self = .number(String(whole))
    } else if let number = try? container.decode(Double.self) {
      self = .number(number.description)
    } else if let members = try? container.decode([JSONMember].self) {
      self = .array(members)
    } else {
      self = .object(try container.decode([String: JSONMember].self))
    }
  }
}
