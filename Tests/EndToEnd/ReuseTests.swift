import Foundation
import KeyreelTesting
import Testing

@Suite("Only what changed is made again")
struct ReuseTests {
  /// Four stills, three segments, each prompt of its own.
  private static let pipeline = """
    keyreel: 1
    prompt: bands of grey
    defaults:
      model: \(TinyModel.id)
    sequences:
      - name: main
        keyframes:
          - stills/0.png
          - image: stills/1.png
            next: the bands wander
          - stills/2.png
          - stills/3.png
    """

  private static func madeProject() async throws -> TemporaryProject {
    let project = try TinyFilm.project(stills: 4)
    try project.write(pipeline, to: "film.yaml")
    try await project.make()
    return project
  }

  @Test("After a run the plan makes nothing, and a second run leaves the film untouched")
  func nothingToDo() async throws {
    let project = try await Self.madeProject()
    let plan = try await project.plan()
    #expect(plan.toMake.isEmpty)
    #expect(plan.takes.allSatisfy { $0.take.action == "reuse" && $0.take.reason == "in the store" })
    let film = project.folder.appendingPathComponent("films/film.mp4")
    let bytes = try Data(contentsOf: film)
    let time = try FileManager.default.attributesOfItem(atPath: film.path)[.modificationDate]
    let store = try project.contents(of: ".keyreel/objects")
    let second = try await project.make()
    #expect(second.errors.contains("unchanged"))
    #expect(try Data(contentsOf: film) == bytes)
    let later = try FileManager.default.attributesOfItem(atPath: film.path)[.modificationDate]
    #expect(later as? Date == time as? Date)
    #expect(try project.contents(of: ".keyreel/objects") == store)
  }

  @Test("An edited keyframe makes exactly its adjacent segments new", arguments: 0..<4)
  func editedKeyframe(index: Int) async throws {
    let project = try await Self.madeProject()
    try project.write(TinyStill.numbered(index + 40), to: "stills/\(index).png")
    let plan = try await project.plan()
    let adjacent = ["main/0-1", "main/1-2", "main/2-3"].enumerated()
      .filter { $0.offset == index || $0.offset == index - 1 }.map(\.element)
    #expect(plan.toMake == adjacent)
    for (segment, take) in plan.takes where take.action == "generate" {
      let reason = take.reason
      #expect(reason.contains("keyframe") || reason.contains("\(index)"), "\(segment): \(reason)")
    }
    let events = try await project.made("film.yaml")
    #expect(events.sorted() == adjacent)
    #expect(try await project.plan().toMake.isEmpty)
  }

  /// Edits that change how the pipeline is written but not what it shows.
  enum Rewriting: String, CaseIterable {
    case comment = "a comment"
    case indentation = "other indentation"
    case keyframeName = "a renamed keyframe"
    case sequenceName = "a renamed sequence"
    case fileName = "a renamed pipeline file"
    case movedStill = "a moved still"

    func apply(to project: TemporaryProject) throws -> String {
      var text = ReuseTests.pipeline
      switch self {
      case .comment: text = "# what a film\n" + text + "\n# the end"
      case .indentation: text = text.replacingOccurrences(of: "\n  ", with: "\n     ")
      case .keyframeName:
        text = text.replacingOccurrences(of: "- stills/3.png", with: "- sea")
          .replacingOccurrences(
            of: "sequences:", with: "keyframes:\n  sea: stills/3.png\nsequences:")
      case .sequenceName: text = text.replacingOccurrences(of: "name: main", with: "name: other")
      case .fileName:
        try FileManager.default.removeItem(at: project.folder.appendingPathComponent("film.yaml"))
        try project.write(text, to: "renamed.yaml")
        return "renamed.yaml"
      case .movedStill:
        let old = project.folder.appendingPathComponent("stills/2.png")
        try project.write(Data(contentsOf: old), to: "elsewhere/deep/two.png")
        try FileManager.default.removeItem(at: old)
        text = text.replacingOccurrences(of: "stills/2.png", with: "elsewhere/deep/two.png")
      }
      try project.write(text, to: "film.yaml")
      return "film.yaml"
    }
  }

  @Test("Rewriting makes no clip new", arguments: Rewriting.allCases)
  func rewriting(_ kind: Rewriting) async throws {
    let project = try await Self.madeProject()
    let film = try project.read("films/film.mp4")
    let file = try kind.apply(to: project)
    #expect(try await project.plan(file).toMake.isEmpty, "\(kind.rawValue)")
    #expect(try await project.made(file).isEmpty)
    if kind != .fileName { #expect(try project.read("films/film.mp4") == film) }
  }

  @Test("A changed prompt makes one segment new, and the plan names the prompt")
  func changedPrompt() async throws {
    let project = try await Self.madeProject()
    try project.write(
      Self.pipeline.replacingOccurrences(of: "the bands wander", with: "the bands rest"),
      to: "film.yaml")
    let plan = try await project.plan()
    #expect(plan.toMake == ["main/1-2"])
    let reason = plan.takes.first { $0.take.action == "generate" }?.take.reason ?? ""
    #expect(reason.contains("prompt"), "\(reason)")
    #expect(try await project.made("film.yaml") == ["main/1-2"])
  }

  @Test("Another fade joins the film anew without making a clip")
  func changedFade() async throws {
    let project = try await Self.madeProject()
    let film = try project.read("films/film.mp4")
    try project.write(Self.pipeline + "\nfilm:\n  fade_out: 3", to: "film.yaml")
    #expect(try await project.plan().toMake.isEmpty)
    #expect(try await project.made("film.yaml").isEmpty)
    #expect(try project.read("films/film.mp4") != film)
  }

  @Test("Another pipeline with the same segment uses the same clip")
  func sharedSegment() async throws {
    let project = try await Self.madeProject()
    try project.write(
      """
      keyreel: 1
      prompt: bands of grey
      defaults:
        model: \(TinyModel.id)
      sequences:
        - name: elsewhere
          keyframes: [stills/2.png, stills/3.png, stills/0.png]
      """, to: "second.yaml")
    #expect(try await project.plan("second.yaml").toMake == ["elsewhere/3-0"])
    #expect(try await project.made("second.yaml") == ["elsewhere/3-0"])
  }
}

extension TemporaryProject {
  /// Runs `file` and returns the segments whose clips were made, in the order they were committed.
  func made(_ file: String) async throws -> [String] {
    let log = "events-\(UUID().uuidString).jsonl"
    try await make(file, "--events", log)
    let events = try RunEvents(read(log))
    try FileManager.default.removeItem(at: folder.appendingPathComponent(log))
    return events.committed
  }
}

/// The lines of an `--events` file.
struct RunEvents {
  struct Line: Decodable {
    var event: String
    var segment: String?
    var take: Int?
    var message: String?
    var error: Failure?
  }

  struct Failure: Decodable {
    var code: String
    var message: String
  }

  let lines: [Line]

  init(_ data: Data) throws {
    lines = try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: Data($0))
    }
  }

  /// Why segments failed, by their names.
  var failed: [String: Failure] {
    let pairs = lines.filter { $0.event == "take_failed" }
      .compactMap { line in line.segment.flatMap { name in line.error.map { (name, $0) } } }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }

  /// The segments whose takes were committed.
  var committed: [String] {
    lines.filter { $0.event == "take_committed" }.compactMap(\.segment)
  }
}
