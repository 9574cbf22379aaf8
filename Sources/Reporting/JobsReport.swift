public import KeyreelCore

/// A pipeline's jobs on a cluster, for people and for programs.
public struct JobsReport: Sendable {
  /// How many of some clips are there.
  public struct Count: Hashable, Sendable {
    let made: Int
    let total: Int

    /// `made` of `total`.
    public init(_ made: Int, of total: Int) {
      self.made = made
      self.total = total
    }

    /// Whether some are not there.
    public var isShort: Bool { made < total }
  }

  /// One job or task, or a part of the work that has none.
  public struct Row: Hashable, Sendable {
    /// What it makes: `part 3/8`, `film`.
    public var makes: String
    /// What the cluster calls it; `nil` where there is none.
    public var job: String?
    /// The cluster's word for its state, in lower case; `nil` where there is no job.
    public var state: String?
    /// Where it runs or ran.
    public var nodes = ""
    /// Why it waits, or where its log is.
    public var note = ""
    /// The clips of its part; `nil` for a film, or where no store was asked.
    public var clips: Count?

    /// A part of the work without a job.
    public init(makes: String) { self.makes = makes }
  }

  private let pipeline: String
  private let name: String
  /// Jobs and tasks, in the order of parts, the film last.
  public var rows: [Row] = []
  /// All clips; `nil` where no store was asked.
  public var clips: Count?
  /// Whether the films are there; `nil` where nobody looked.
  public var hasFilms: Bool?
  /// What people are told below.
  public var remarks: [String] = []

  /// A report on the jobs called `name` of `pipeline`.
  public init(pipeline: String, name: String) {
    self.pipeline = pipeline
    self.name = name
  }

  /// A line on the pipeline, a table, and remarks.
  public func text(style: TextStyle) -> String {
    var head = style.paint(DisplayWidth.harmless(pipeline), .bold) + "  \(name)"
    if let clips { head += "  \(clips.made) of \(clips.total) clips" }
    if let hasFilms { head += hasFilms ? ", film there" : ", no film yet" }
    var table = Table(columns: [
      .init("MAKES"), .init("CLIPS", .right), .init("JOB", .right), .init("STATE"), .init("NODE"),
      .init("NOTE"),
    ])
    for row in rows {
      table.add([
        row.makes, row.clips.map { "\($0.made)/\($0.total)" } ?? "", row.job ?? "",
        row.state ?? "no job", row.nodes, row.note,
      ])
    }
    let lines = table.lines(style: style) { row, column, text in
      switch (column, row[3]) {
      case (3, "running"), (3, "completed"), (3, "completing"): style.paint(text, .green)
      case (3, "pending"), (3, "configuring"): style.paint(text, .faint)
      case (3, "no job"): style.paint(text, .yellow)
      case (3, _): style.paint(text, .red)
      default: text
      }
    }
    return ([head] + (rows.isEmpty ? [] : lines) + remarks).map { $0 + "\n" }.joined()
  }

  /// Writes one JSON object, as `schemas/jobs.schema.json` describes it.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.member("pipeline", pipeline)
      text.member("name", name)
      if let clips { Self.write(clips, "clips", to: &text) }
      if let hasFilms {
        text.key("has_films")
        text.value(hasFilms)
      }
      text.key("jobs")
      text.array { text in for row in rows { Self.write(row, to: &text) } }
    }
  }

  private static func write(_ row: Row, to text: inout JSONText) {
    text.object { text in
      text.member("makes", row.makes)
      if let job = row.job { text.member("job", job) }
      text.member("state", row.state ?? "none")
      text.member("nodes", row.nodes)
      text.member("note", row.note)
      if let clips = row.clips { write(clips, "clips", to: &text) }
    }
  }

  private static func write(_ count: Count, _ key: String, to text: inout JSONText) {
    text.key(key)
    text.object { text in
      text.member("made", count.made)
      text.member("total", count.total)
    }
  }
}
