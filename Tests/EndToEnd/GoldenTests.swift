import Foundation
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

/// What commands print, whole: each form of it is a file in `Golden`.
///
/// `KEYREEL_RECORD=1` writes the files anew; look at what has changed before it is committed.
@Suite("What commands print")
struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  /// A file, the words that print it, and how they end.
  struct Print: CustomTestStringConvertible, Sendable {
    var name: String
    var words: [String]
    var status: Int32 = 0
    /// What of it is looked at.
    var part = Part.output

    enum Part { case output, errors }

    var testDescription: String { name }

    init(_ name: String, _ words: String..., status: Int32 = 0, part: Part = .output) {
      self.name = name
      self.words = words
      self.status = status
      self.part = part
    }
  }

  private static let sides = ["main:pipelines/film.yaml", "pipelines/film.yaml"]

  private static let prints =
    ["table.txt", "markdown.md", "github.md", "json.json"].flatMap { file -> [Print] in
      let format = String(file.prefix { $0 != "." })
      let paid = ["--backend", "fal", "--format", format]
      var plan = Print("plan-\(file)")
      plan.words = ["plan", "pipelines/film.yaml"] + paid
      var diff = Print("diff-\(file)")
      diff.words = ["diff"] + sides + paid
      return [plan, diff]
    }
    + ["text.txt", "github.txt", "sarif.json", "gitlab.json"].map { file in
      let isText = file == "text.txt"
      var check = Print("check-\(file)", status: 3, part: isText ? .errors : .output)
      check.words = [
        "check", "pipelines/film.yaml", "broken.yaml", "--backend", "fal", "--policy",
        "policy.yaml", "--format", String(file.prefix { $0 != "." }),
      ]
      return check
    }
    + ["html", "md", "json", "xml"].map { ending in
      Print(
        "storyboard.\(ending)", "plan", "pipelines/film.yaml", "--backend", "fal", "--storyboard",
        "storyboard.\(ending)")
    }
    + [
      Print(
        "plan-matrix.json", "plan", "pipelines/film.yaml", "--backend", "fal", "--shards", "3",
        "--matrix"),
      Print(
        "plan-policy.txt", "plan", "pipelines/film.yaml", "--backend", "fal", "--policy",
        "policy.yaml", status: 8, part: .errors),
      Print(
        "diff-policy.txt", "diff", "main:pipelines/film.yaml", "pipelines/film.yaml", "--backend",
        "fal", "--policy", "policy.yaml", status: 8, part: .errors),
      Print("explain.txt", "explain", "KR0012"), Print("models.txt", "models", "test/tiny"),
      Print("costs.txt", "costs"), Print("costs.json", "costs", "--format", "json"),
      Print("costs.csv", "costs", "--format", "csv"), Print("store-ls.txt", "store", "ls"),
    ]

  private static let repository = Result { () throws -> TemporaryProject in
    let project = try DiffTests.repository()
    try project.write(
      "keyreel: 1\npromt: a \u{1F3A5} & <b>\nsequences:\n  - {name: s, keyframes: [stills/0.png]}\n",
      to: "broken.yaml")
    try project.write(
      """
      keyreel_policy: 1
      max_total: 0.03 USD
      max_increase: {percent: 5}
      max_segment: {at_most: 0.005 USD, level: warn}
      locked_seeds: warn
      """, to: "policy.yaml")
    return project
  }

  @Test("Every form of every command is as it is known to be", arguments: prints)
  func golden(_ print: Print) async throws {
    let project = try Self.repository.get()
    let outcome = try await KeyreelProcess.run(print.words, in: project.folder)
    #expect(outcome.status == print.status, "\(outcome)")
    var text = print.part == .output ? outcome.output : outcome.errors
    if print.name.hasPrefix("storyboard") {
      text = String(decoding: try project.read(print.name), as: UTF8.self)
    }
    let told = Self.lasting(text, isPage: print.name.hasSuffix(".html"))
    let file = Self.folder.appending(path: print.name)
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try Data(told.utf8).write(to: file)
    }
    let known = try String(contentsOf: file, encoding: .utf8)
    #expect(
      told == known, "\(print.name) is not what it was; look, then record it with KEYREEL_RECORD=1")
  }

  @Test("Every JSON document is what its schema says")
  func schemas() throws {
    let schemas = [
      "plan-json.json": "plan", "diff-json.json": "diff", "storyboard.json": "report",
      "plan-matrix.json": "matrix", "costs.json": "costs",
    ]
    let documents = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix("check-") }
    #expect(Set(documents) == Set(schemas.keys))
    for (name, schema) in schemas {
      let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
      #expect(
        try SchemaCheck.complaints(of: [bytes], against: "\(schema).schema.json") == [""], "\(name)"
      )
    }
    let sarif = try Data(contentsOf: Self.folder.appending(path: "check-sarif.json"))
    #expect(try CodeHostReports.complaints(ofSARIF: [Array(sarif)]) == [""])
  }

  /// The text without what another version or another encoder of pictures changes.
  private static func lasting(_ text: String, isPage: Bool) -> String {
    var text = text.replacingOccurrences(of: "keyreel \(Version.number)", with: "keyreel VERSION")
      .replacingOccurrences(of: "Keyreel \(Version.number)", with: "Keyreel VERSION")
      .replacingOccurrences(
        of: "\"version\": \"\(Version.number)\"", with: "\"version\": \"VERSION\""
      )
      .replacingOccurrences(of: "\"tool\": \"\(Version.number)\"", with: "\"tool\": \"VERSION\"")
    guard isPage else { return text }
    // The style and the script change with the looks; the file holds what is told.
    for (pattern, less) in [
      ("(?s)<style>.*?</style>", "<style>…</style>"),
      ("(?s)(<script[^>]*>).*?</script>", "$1…</script>"),
      ("sha256-[A-Za-z0-9+/=]+", "sha256-…"),
      ("data:([a-z/0-9]+);base64,[A-Za-z0-9+/=]+", "data:$1;base64,…"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: less, options: .regularExpression)
    }
    return text.replacingOccurrences(of: "><", with: ">\n<")
  }
}
