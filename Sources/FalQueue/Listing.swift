internal import GRDB

/// A part of a listing.
public struct Page<Item: Hashable & Sendable>: Hashable, Sendable {
  /// The items in order.
  public var items: [Item]
  /// What to ask for to get the next page; `nil` at the end.
  public var nextCursor: String?
}

/// What a page of a listing is to hold: conditions that add up, the greatest key first.
struct ListQuery {
  private var conditions: [String] = []
  private var arguments = StatementArguments()
  private let key: String
  private let limit: Int

  /// Sorted by the whole number `key`, and by the rows' numbers where that is the same.
  init(sortedBy key: String, limit: Int) {
    self.key = key
    self.limit = max(1, min(limit, 1000))
  }

  mutating func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?] = []) {
    conditions.append(condition)
    arguments += StatementArguments(values)
  }

  /// Only rows with one of `values` in `column`; any when there are none.
  mutating func add(_ column: String, among values: [String]) {
    guard values.count != 1 else { return add("\(column) = ?", values) }
    guard !values.isEmpty else { return }
    add("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))", values)
  }

  /// Only rows whose moment is in the window; `until` is not.
  mutating func add(_ column: String, from: Timestamp?, until: Timestamp?) {
    if let from { add("\(column) >= ?", [from.milliseconds]) }
    if let until { add("\(column) < ?", [until.milliseconds]) }
  }

  /// Goes on where a page ended; `false` when `cursor` is none of ours.
  mutating func resume(at cursor: String?) -> Bool {
    guard let cursor else { return true }
    let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let place = Int64(parts[0]), let number = Int64(parts[1]) else {
      return false
    }
    add("(\(key), number) < (?, ?)", [place, number])
    return true
  }

  /// The page of `table`, each row read by `item`; the page ends where that gives `nil`.
  func page<Item>(
    of table: String, _ columns: String, _ db: Database, item: (Row) throws -> Item?
  ) throws -> Page<Item> {
    let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    // One more than fits tells whether there is another page.
    let statement = try db.cachedStatement(
      sql: """
        SELECT \(columns), \(key) AS sort_key, number AS sort_number FROM \(table) \(filter)
        ORDER BY sort_key DESC, sort_number DESC LIMIT ?
        """)
    let rows = try Row.fetchAll(statement, arguments: arguments + [limit + 1])
    var items: [Item] = []
    for row in rows.prefix(limit) {
      guard let item = try item(row) else { break }
      items.append(item)
    }
    guard rows.count > items.count, !items.isEmpty else { return Page(items: items) }
    let last = rows[items.count - 1]
    return Page(
      items: items, nextCursor: "\(last["sort_key"] as Int64).\(last["sort_number"] as Int64)")
  }
}
