public import FalProtocol
import KeyreelCore

/// The leaves of a JSON tree under readable paths: `defaults.prompt`, `films[lake].frames`.
///
/// Items of lists are called by their `id`, `label`, `name` or `take` where they have one, so that an
/// inserted item does not rename those behind it; other items by their 0-based place.
public struct FlatFields: Hashable, Sendable {
  /// A leaf.
  public struct Field: Hashable, Sendable {
    /// Where it stands.
    public var path: String
    /// Its value as text; texts stand without quotes.
    public var value: String

    /// `value` at `path`.
    public init(_ path: String, _ value: String) {
      self.path = path
      self.value = value
    }
  }

  /// All leaves in the order of the tree; absent and `null` are the same.
  public private(set) var fields: [Field] = []

  /// These leaves.
  public init(_ fields: [Field]) { self.fields = fields }

  /// The leaves of `value` but those that `skips` names by their path.
  public init(
    _ value: JSONValue, at path: String = "", skipping skips: (String) -> Bool = { _ in false }
  ) {
    add(value, path, skips)
  }

  private mutating func add(_ value: JSONValue, _ path: String, _ skips: (String) -> Bool) {
    if skips(path) { return }
    switch value {
    case .null: break
    case .bool(let flag): fields.append(Field(path, String(flag)))
    case .integer(let number): fields.append(Field(path, String(number)))
    case .number(let literal): fields.append(Field(path, literal))
    case .string(let text): fields.append(Field(path, text))
    case .object(let object):
      for member in object.members {
        add(member.value, path.isEmpty ? member.key : "\(path).\(member.key)", skips)
      }
    case .array(let items):
      var names = ItemNames()
      for (index, item) in items.enumerated() {
        let name = names.name(Self.ownName(of: item), at: index)
        add(item, "\(path)[\(name)]", skips)
      }
    }
  }

  private static func ownName(of item: JSONValue) -> String? {
    guard let object = item.objectValue else { return nil }
    return switch ItemNames.keys.lazy.compactMap({ object[$0] }).first {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    default: nil
    }
  }

  /// What differs from `old` to `new`, in the order of the new leaves, removed ones at the end.
  public static func changes(from old: FlatFields, to new: FlatFields) -> [PlanDiff.Change] {
    let before = Dictionary(old.fields.map { ($0.path, $0.value) }, uniquingKeysWith: { $1 })
    let after = Dictionary(new.fields.map { ($0.path, $0.value) }, uniquingKeysWith: { $1 })
    var changes: [PlanDiff.Change] = []
    for field in new.fields where before[field.path] != field.value {
      changes.append(.init(field.path, from: before[field.path], to: field.value))
    }
    for field in old.fields where after[field.path] == nil {
      changes.append(.init(field.path, from: field.value, to: nil))
    }
    return changes
  }
}

/// What the items of one list are called in paths.
public struct ItemNames: Sendable {
  /// The members by which an item is called, the first one that it has.
  public static let keys = ["id", "label", "take", "name"]

  private var seen: [String: Int] = [:]

  /// The names of a list whose items come one by one.
  public init() {}

  /// The item's `own` name, numbered where it comes again, or its 0-based place.
  public mutating func name(_ own: String?, at index: Int) -> String {
    guard let own else { return String(index) }
    let count = seen[own, default: 0] + 1
    seen[own] = count
    return count == 1 ? own : "\(own)~\(count)"
  }
}
