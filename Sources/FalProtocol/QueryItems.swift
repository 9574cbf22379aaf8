/// The query of a URL, decoded, in the order in which it was written.
public struct QueryItems: Hashable, Sendable {
  /// One named value.
  public struct Item: Hashable, Sendable {
    /// The decoded name.
    public var name: String
    /// The decoded value; empty when there is no `=`.
    public var value: String

    /// `name` with `value`.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// All items.
  public var items: [Item]

  /// A query of these items.
  public init(_ items: [Item] = []) { self.items = items }

  /// Reads what follows the `?`; broken escapes stay as they are written, `+` means a space.
  ///
  /// A raw `?` or `=` inside a value belongs to it, as one official client sends them.
  public init(parsing text: some StringProtocol) {
    items = text.split(separator: "&").map { piece in
      let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return Item(Self.decode(halves[0]), halves.count == 2 ? Self.decode(halves[1]) : "")
    }
  }

  /// The value of the first item called `name`.
  public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

  /// The items, percent-encoded, without a `?` in front.
  public var text: String {
    items.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
      .joined(separator: "&")
  }

  private static func decode(_ text: some StringProtocol) -> String {
    let spaced = String(text.map { $0 == "+" ? " " : $0 })
    return PercentEncoding.decode(spaced) ?? String(text)
  }
}
