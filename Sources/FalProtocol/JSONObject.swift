public import KeyreelCore

/// The members of a JSON object in the order in which they were first written.
public struct JSONObject: Hashable, Sendable {
  /// One named value.
  public struct Member: Hashable, Sendable {
    /// The name.
    public var key: String
    /// What it stands for.
    public var value: JSONValue

    /// `key` with `value`.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// All members; no two have the same key.
  public private(set) var members: [Member] = []

  /// An object without members.
  public init() {}

  /// An object of these pairs; of equal keys the last value counts, at the place of the first.
  public init(_ pairs: some Sequence<(String, JSONValue)>) {
    var builder = JSONObjectBuilder()
    for (key, value) in pairs { builder.add(key, value) }
    self = builder.object
  }

  /// The members are known to have different keys.
  init(distinct members: [Member]) { self.members = members }

  /// The value of `key`; setting it replaces or appends, setting `nil` removes.
  public subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
    }
  }

  /// Writes the object.
  public func write(to text: inout JSONText) {
    text.object { text in
      for member in members {
        text.key(member.key)
        member.value.write(to: &text)
      }
    }
  }
}

/// Gathers members so that many thousands of keys take no quadratic time.
struct JSONObjectBuilder {
  private var members: [JSONObject.Member] = []
  private var places: [String: Int] = [:]
  private static let fewKeys = 16

  var object: JSONObject { JSONObject(distinct: members) }

  mutating func add(_ key: String, _ value: JSONValue) {
    if let place = place(of: key) {
      members[place].value = value
      return
    }
    members.append(JSONObject.Member(key, value))
    if members.count == Self.fewKeys {
      for (index, member) in members.enumerated() { places[member.key] = index }
    } else if members.count > Self.fewKeys {
      places[key] = members.count - 1
    }
  }

  private func place(of key: String) -> Int? {
    members.count < Self.fewKeys ? members.firstIndex { $0.key == key } : places[key]
  }
}
