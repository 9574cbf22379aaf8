public import KeyreelCore

/// One page of a platform list: `{<name>: […], "next_cursor": …, "has_more": …}`.
public struct PlatformPage: Hashable, Sendable {
  /// The entries.
  public var items: [JSONValue]
  /// What to ask with for the next page; `nil` on the last.
  public var nextCursor: String?

  /// A page of these entries.
  public init(_ items: [JSONValue], nextCursor: String?) {
    self.items = items
    self.nextCursor = nextCursor
  }

  /// The page with its list under `name`: `items`, `prices`, `billing_events`.
  public func json(as name: String) -> JSONValue {
    [
      name: .array(items), "next_cursor": nextCursor.map(JSONValue.string) ?? .null,
      "has_more": .bool(nextCursor != nil),
    ]
  }

  /// Writes a page with its list under `name`, each entry by `write`.
  public static func write<Entry>(
    to text: inout JSONText, as name: String, nextCursor: String?, _ entries: [Entry],
    _ write: (Entry, inout JSONText) -> Void
  ) {
    text.object { text in
      text.key(name)
      text.array { text in for entry in entries { write(entry, &text) } }
      text.key("next_cursor")
      if let nextCursor { text.value(nextCursor) } else { text.null() }
      text.key("has_more")
      text.value(nextCursor != nil)
    }
  }

  /// Reads a page whose list is under `name`.
  public init(decoding value: JSONValue, as name: String) throws(WireError) {
    guard let items = value[name]?.arrayValue else {
      throw WireError("a page of the platform has no `\(name)`")
    }
    let cursor = value["next_cursor"]?.stringValue
    self.init(items, nextCursor: value["has_more"]?.boolValue == false ? nil : cursor)
  }
}
