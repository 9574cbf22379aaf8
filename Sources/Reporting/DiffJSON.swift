public import KeyreelCore

/// The way from one plan to another as JSON; `schemas/diff.schema.json` describes it.
public struct DiffJSON: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The JSON of `diff`.
  public init(_ diff: PlanDiff) {
    var text = JSONText(indentedWithCapacity: 4096 + diff.segments.count * 400)
    text.object { Self.write(diff, to: &$0) }
    text.endLine()
    bytes = text.bytes
  }

  /// The JSON as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private static func write(_ diff: PlanDiff, to text: inout JSONText) {
    text.member("format_version", 1)
    text.key("changed")
    text.value(!diff.isEmpty)
    text.key("old")
    text.object { write(diff.old, to: &$0) }
    text.key("new")
    text.object { write(diff.new, to: &$0) }
    text.key("change")
    text.object { text in
      text.member("frames", diff.new.frames - diff.old.frames)
      text.key("seconds")
      text.value(literal: seconds(diff.new.length - diff.old.length))
      text.member("cost", (diff.new.cost.expected - diff.old.cost.expected).decimal)
      text.member("upper_bound", (diff.new.cost.worst - diff.old.cost.worst).decimal)
      text.member(
        "list_price", (diff.new.listPrice.expected - diff.old.listPrice.expected).decimal)
    }
    text.key("segments")
    text.object { text in
      for status in PlanDiff.Status.allCases {
        text.member(status.rawValue, diff.segments.count { $0.status == status })
      }
      text.member("reused", diff.segments.count { $0.isReused && $0.new != nil })
    }
    write(diff.changes, to: &text)
    text.key("films")
    text.array { text in for film in diff.films { text.object { write(film, to: &$0) } } }
  }

  private static func write(_ side: PlanDiff.Side, to text: inout JSONText) {
    text.member("name", side.name)
    text.member("backend", side.backend)
    text.member("frames", side.frames)
    text.key("seconds")
    text.value(literal: seconds(side.length))
    text.member("cost", side.cost.expected.decimal)
    text.member("upper_bound", side.cost.worst.decimal)
    text.member("unpaid", side.unpaid.expected.decimal)
    text.member("unpaid_upper_bound", side.unpaid.worst.decimal)
    text.member("list_price", side.listPrice.expected.decimal)
    text.member("currency", side.currency)
  }

  private static func seconds(_ length: Duration) -> String {
    let parts = length.components
    let nanos = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    return (nanos < 0 ? "-" : "") + Amounts.seconds(nanoseconds: abs(nanos))
  }

  private static func write(_ changes: [PlanDiff.Change], to text: inout JSONText) {
    text.key("changes")
    text.array { text in
      for change in changes {
        text.object {
          $0.member("field", change.field)
          $0.member("old", orNull: change.old)
          $0.member("new", orNull: change.new)
        }
      }
    }
  }

  private static func write(_ film: PlanDiff.Film, to text: inout JSONText) {
    text.member("name", film.name)
    text.member("status", film.status.rawValue)
    write(film.changes, to: &text)
    text.key("sequences")
    text.array { text in for row in film.sequences { text.object { write(row, to: &$0) } } }
    text.key("segments")
    text.array { text in for row in film.segments { text.object { write(row, to: &$0) } } }
  }

  private static func write(_ row: PlanDiff.Sequence, to text: inout JSONText) {
    text.member("name", row.name)
    text.member("old_name", orNull: row.oldName)
    text.member("status", row.status.rawValue)
    text.key("moved")
    guard let move = row.move else {
      text.null()
      return
    }
    text.object {
      $0.member("from", move.from)
      $0.member("to", move.to)
    }
  }

  private static func write(_ row: PlanDiff.Segment, to text: inout JSONText) {
    text.member("id", row.id)
    text.member("old_id", orNull: row.oldID)
    text.member("status", row.status.rawValue)
    text.key("reused")
    text.value(row.isReused)
    for (name, weight) in [("old", row.old), ("new", row.new)] {
      text.key(name)
      guard let weight else {
        text.null()
        continue
      }
      text.object {
        $0.member("frames", weight.frames)
        $0.member("cost", weight.cost.expected.decimal)
        $0.member("upper_bound", weight.cost.worst.decimal)
      }
    }
    write(row.changes, to: &text)
  }
}

extension JSONText {
  fileprivate mutating func member(_ name: String, orNull value: String?) {
    key(name)
    if let value { self.value(value) } else { null() }
  }
}
