public import KeyreelCore

/// A clip that was or may have been bought and is not in the store.
public struct ClaimRow: Hashable, Sendable {
  /// What is known of it.
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    /// It was bought; the next run collects it.
    case bought
    /// A request of the provider was found to be its own; the next run collects it.
    case adopted
    /// Several requests may be its own; the author chooses.
    case several
    /// It was never sent from here, but several requests would give it.
    case offered
    /// Nobody knows whether it was accepted.
    case unknown
    /// The author says that it was never accepted.
    case forgotten
    /// The author wants it sent again.
    case resubmitted

    /// Whether somebody still has to say what became of it.
    public var isUndecided: Bool { self == .unknown || self == .several }
  }

  /// A request that may be the clip's.
  public struct Candidate: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// When it was sent, RFC 3339.
    public var sent: String
    /// When it ended, if it has.
    public var ended: String?

    /// A request.
    public init(id: String, sent: String, ended: String?) {
      self.id = id
      self.sent = sent
      self.ended = ended
    }
  }

  /// The segment, or the key of a clip that no pipeline has any more.
  public var name: String
  /// The clip's name in the store.
  public var key: RecipeKey
  /// What is known of it.
  public var state: State
  /// What was set aside for it.
  public var price: PriceRange
  /// Its request.
  public var request: String?
  /// Requests that may be its own, oldest first.
  public var candidates: [Candidate]

  /// A clip in this state.
  public init(
    name: String, key: RecipeKey, state: State, price: PriceRange, request: String?,
    candidates: [Candidate]
  ) {
    self.name = name
    self.key = key
    self.state = state
    self.price = price
    self.request = request
    self.candidates = candidates
  }
}

/// What `keyreel reconcile` found, for people and for programs.
public struct ReconcileReport: Sendable {
  private let rows: [ClaimRow]
  private let backend: BackendIdentity
  private let currency: String
  private let style: TextStyle

  /// A report of `rows`, all bought from `backend`.
  public init(
    _ rows: [ClaimRow], backend: BackendIdentity, currency: String, style: TextStyle = .plain
  ) {
    self.rows = rows
    self.backend = backend
    self.currency = currency
    self.style = style
  }

  /// A table and what to do, with a line end at the end.
  public var text: String {
    guard !rows.isEmpty else { return "nothing is open on \(backend)\n" }
    var table = Table(columns: [
      .init("SEGMENT"), .init("STATE"), .init("AT MOST", .right), .init("REQUEST"),
    ])
    for row in rows {
      let price = Amounts.money(row.price.worst, currency)
      table.add([row.name, row.state.rawValue, price, row.request ?? ""])
      for candidate in row.candidates {
        table.add(["", "candidate", "", "\(candidate.id) sent \(candidate.sent)"])
      }
    }
    let lines = table.lines(style: style) { row, column, text in
      guard column == 1 else { return text }
      return switch ClaimRow.State(rawValue: row[1]) {
      case .unknown, .several: style.paint(text, .yellow)
      case .adopted, .bought: style.paint(text, .green)
      default: text
      }
    }
    return (lines + advice).joined(separator: "\n") + "\n"
  }

  private var advice: [String] {
    var lines: [String] = []
    if rows.contains(where: { $0.state == .bought || $0.state == .adopted }) {
      lines.append("run the pipeline to collect what was bought")
    }
    if rows.contains(where: { !$0.candidates.isEmpty }) {
      lines.append("choose a candidate with --adopt SEGMENT=REQUEST")
    }
    if rows.contains(where: { $0.state == .unknown }) {
      lines.append(
        "unknown: not listed is not the same as not sent; look again later, or say --forget SEGMENT "
          + "(it was never accepted) or --resubmit SEGMENT (send it again, it may be billed twice)")
    }
    return lines
  }

  /// The same for programs, with a line end at the end.
  public var json: String {
    var text = JSONText(indentedWithCapacity: 512 + rows.count * 512)
    text.object { text in
      text.member("format_version", 1)
      text.member("backend", backend.description)
      text.member("currency", currency)
      text.key("clips")
      text.array { text in
        for row in rows { text.object { write(row, to: &$0) } }
      }
    }
    text.endLine()
    return text.string
  }

  private func write(_ row: ClaimRow, to text: inout JSONText) {
    text.member("name", row.name)
    text.member("key", row.key.description)
    text.member("state", row.state.rawValue)
    text.key("price")
    text.object { $0.members(row.price) }
    text.key("request")
    if let request = row.request { text.value(request) } else { text.null() }
    text.key("candidates")
    text.array { text in
      for candidate in row.candidates {
        text.object { text in
          text.member("request", candidate.id)
          text.member("sent_at", candidate.sent)
          text.key("ended_at")
          if let ended = candidate.ended { text.value(ended) } else { text.null() }
        }
      }
    }
  }
}
