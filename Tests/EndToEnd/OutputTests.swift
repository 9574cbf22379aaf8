import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Programs and people can rely on what is printed")
struct OutputTests {
  private static let repository = URL(fileURLWithPath: Checkout.root.string)

  @Test("Plans and events are what their schemas say")
  func schemas() async throws {
    let project = try TinyFilm.project(stills: 4)
    let printed = try await project.keyreel("plan", "film.yaml", "--format", "json")
    try project.write(printed.output, to: "printed.json")
    let saved = try await project.keyreel("plan", "film.yaml", "-o", "saved.json")
    #expect(saved.status == 0, "\(saved.errors)")
    #expect(try project.read("saved.json") == Data(printed.output.utf8))
    try await project.make("film.yaml", "--events", "events.jsonl")
    try project.write(TinyStill.numbered(9), to: "stills/3.png")
    try await project.make("film.yaml", "--events", "again.jsonl")
    let after = try await project.keyreel(
      "plan", "film.yaml", "--format", "json", "--backend", "fal")
    try project.write(after.output, to: "fal.json")
    let plans = try ["printed.json", "fal.json"].map(project.read)
    #expect(try SchemaCheck.complaints(of: plans, against: "plan.schema.json").joined() == "")
    let events = try ["events.jsonl", "again.jsonl"].flatMap {
      try project.read($0).split(separator: UInt8(ascii: "\n"))
    }
    #expect(try SchemaCheck.complaints(of: events, against: "events.schema.json").joined() == "")
  }

  @Test("Amounts are decimal strings that add up to the total")
  func amounts() async throws {
    let project = try TinyFilm.project(stills: 4)
    let plan = try await project.plan("film.yaml", "--backend", "fal")
    let sum = plan.takes.reduce(Decimal.zero) { $0 + (Decimal(string: $1.take.cost) ?? .nan) }
    #expect(sum > 0)
    #expect(Decimal(string: plan.cost.expected) == sum)
    #expect(Decimal(string: plan.films[0].cost.expected) == sum)
    let parts = [plan.cost.new, plan.cost.reused].compactMap { Decimal(string: $0) }
    #expect(parts.count == 2 && parts[0] + parts[1] == sum)
  }

  @Test("--quiet prints nothing when all goes well, and --detailed-exitcode answers 2 or 0")
  func quiet() async throws {
    let project = try TinyFilm.project(stills: 3)
    let work = try await project.keyreel("plan", "film.yaml", "--detailed-exitcode")
    #expect(work.status == 2)
    let run = try await project.keyreel("run", "film.yaml", "--quiet")
    #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)")
    let none = try await project.keyreel("plan", "film.yaml", "--detailed-exitcode")
    #expect(none.status == 0)
  }

  @Test("What goes into a pipe has no escape codes")
  func pipes() async throws {
    let project = try TinyFilm.project(stills: 3)
    try project.write("keyreel: 1\nsequence: []\n", to: "broken.yaml")
    for arguments in [
      ["plan", "film.yaml"], ["run", "film.yaml"], ["run", "film.yaml"], ["check", "broken.yaml"],
      ["models"], ["store", "ls"], ["--help"],
    ] {
      let outcome = try await KeyreelProcess.run(arguments, in: project.folder)
      #expect(!(outcome.output + outcome.errors).contains("\u{1B}"), "\(arguments)")
      #expect(!(outcome.output + outcome.errors).contains("\r"), "\(arguments)")
      #expect(!(outcome.output + outcome.errors).isEmpty, "\(arguments)")
    }
  }

  @Test("A misspelt command, backend or model is told in one message with what was meant")
  func misspelt() async throws {
    let project = try TinyFilm.project(stills: 2)
    for (arguments, meant) in [
      (["rnu", "film.yaml"], "run"), (["help", "rnu"], "run"), (["store", "lss"], "store ls"),
      (["run", "film.yaml", "--backend", "anmatic"], "animatic"),
      (["plan", "film.yaml", "--backend", "fla"], "fal"), (["models", "test/tinny"], "test/tiny"),
    ] {
      let outcome = try await KeyreelProcess.run(arguments, in: project.folder)
      #expect(outcome.status == 64 && outcome.output.isEmpty, "\(arguments): \(outcome)")
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("error: there is no "), "\(outcome.errors)")
      #expect(lines.last == "  help: did you mean `\(meant)`?", "\(outcome.errors)")
    }
    let unlike = try await project.keyreel("plan", "film.yaml", "--backend", "nobody")
    #expect(unlike.errors.contains("there are `animatic`, `fal`"), "\(unlike.errors)")
  }

  @Test("Nothing is cut in a table that goes into a pipe")
  func uncutTables() async throws {
    let project = try TinyFilm.project(stills: 3)
    let prompt = String(repeating: "a long lake ", count: 14) + "and its end"
    let text = try String(decoding: project.read("film.yaml"), as: UTF8.self)
    try project.write(
      text.replacing(/prompt: .*/, with: "prompt: \(prompt)"), to: "film.yaml")
    try await project.make()
    let listed = try await project.keyreel("store", "ls")
    #expect(listed.output.contains(prompt) && !listed.output.contains("…"), "\(listed.output)")
    #expect(listed.output.contains("$0"), "\(listed.output)")
    for arguments in [["plan", "film.yaml"], ["models"], ["models", "fal-ai/framepack/flf2v"]] {
      let outcome = try await KeyreelProcess.run(arguments, in: project.folder)
      #expect(outcome.status == 0 && !outcome.output.contains("…"), "\(outcome.output)")
    }
  }

  @Test("What cleaning the store throws away is told with its currency")
  func cleaned() async throws {
    let project = try TinyFilm.project(stills: 2)
    try await project.make()
    try project.write(TinyStill.numbered(9), to: "stills/2.png")
    try project.write(TinyStill.numbered(8), to: "stills/1.png")
    try project.write(TinyStill.numbered(7), to: "stills/0.png")
    try await project.make()
    let told = try await project.keyreel("store", "gc", "--dry-run")
    let clips = told.output.split(separator: "\n").filter { $0.hasPrefix("clip ") }
    #expect(!clips.isEmpty && clips.allSatisfy { $0.hasSuffix(" $0.00") }, "\(told.output)")
    #expect(told.output.contains("paid nothing"), "\(told.output)")
  }

  @Test("A clip's own sound is not dropped without a word, whether it was looked at before or not")
  func footageSound() async throws {
    let project = try TinyFilm.project(stills: 2)
    try OtherProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=30:duration=0.5", "-f",
        "lavfi", "-i", "sine=440:duration=0.5", "-pix_fmt", "yuv420p", "clip.mp4",
      ], in: project.folder)
    let film = "keyreel: 1\nsequences:\n  - clip: clip.mp4\n  - clip: clip.mp4\n"
    try project.write(film, to: "loud.yaml")
    try project.write(film + "film: {audio: {file: clip.mp4}}\n", to: "own.yaml")
    for _ in 0..<2 {
      let check = try await project.keyreel("check", "loud.yaml", "own.yaml")
      #expect(check.output == "loud.yaml: ok (1 warning)\nown.yaml: ok\n", "\(check)")
      #expect(check.errors.contains("KR0424"), "\(check.errors)")
    }
  }

  @Test("In a terminal errors are coloured, with NO_COLOR they are not")
  func noColor() async throws {
    guard OtherProgram.exists("script") else {
      print("SKIPPED: `script` (Debian: bsdutils) is missing, so no terminal can be imitated")
      return
    }
    let project = try TinyFilm.project(stills: 2)
    try project.write("keyreel: 1\nsequence: []\n", to: "broken.yaml")
    for (variable, colored) in [("NO_COLOR=", true), ("NO_COLOR=1", false)] {
      let command = "env -u CI TERM=xterm \(variable) \(KeyreelProcess.program.path) "
      let seen = try OtherProgram.run(
        "script", ["-qc", command + "check broken.yaml", "/dev/null"], in: project.folder)
      let text = String(decoding: seen, as: UTF8.self)
      #expect(text.contains("sequence"))
      #expect(text.contains("\u{1B}[") == colored, "\(variable): \(text)")
    }
  }

  @Test("A new project checks clean and plans a film")
  func newProject() async throws {
    let project = try TemporaryProject()
    let new = try await project.keyreel("new", "mine")
    #expect(new.status == 0, "\(new.errors)")
    let check = try await project.keyreel("check", "mine/film.yaml")
    #expect(check.status == 0 && check.output == "mine/film.yaml: ok\n", "\(check)")
    let plan = try await project.plan("mine/film.yaml")
    #expect(plan.toMake.count == 2)
    let before = try project.contents(of: "mine")
    let again = try await project.keyreel("new", "mine")
    #expect(again.status == 64 && again.errors.contains("there already"), "\(again)")
    #expect(try project.contents(of: "mine") == before)
  }

  @Test("The commands that a new project is told to go on with work, whatever its folder is called")
  func newProjectHint() async throws {
    let project = try TemporaryProject()
    for (folder, word) in [("plain", "plain"), ("my film", "'my film'"), ("it's", "'it'\\''s'")] {
      let new = try await project.keyreel("new", folder)
      #expect(new.output.contains("  cd \(word) && keyreel run"), "\(new.output)")
      let seen = try OtherProgram.run(
        "sh", ["-c", "cd \(word) && cat film.yaml"], in: project.folder)
      #expect(!seen.isEmpty)
    }
  }

  @Test("With several films, a line about a clip names its film")
  func variantLines() async throws {
    let project = try TinyFilm.project(
      stills: 2, extra: "variants: {settings: {seed: [1, 2]}}")
    let run = try await project.keyreel("run", "film.yaml")
    for film in ["film-1", "film-2"] {
      #expect(run.errors.contains("made main/0-1 (\(film))  "), "\(run.errors)")
    }
  }

  @Test("Only a film with animatic clips in it says that it is an animatic")
  func footageMetadata() async throws {
    let project = try TinyFilm.project(stills: 2)
    try await project.make()
    try project.write("keyreel: 1\nsequences:\n  - clip: films/film.mp4\n", to: "cut.yaml")
    try await project.make("cut.yaml")
    for (film, isMarked) in [("film", true), ("cut", false)] {
      let tags = try OtherProgram.run(
        "ffprobe", ["-v", "error", "-show_entries", "format_tags", "films/\(film).mp4"],
        in: project.folder)
      let text = String(decoding: tags, as: UTF8.self)
      #expect(text.contains("made with Keyreel"), "\(text)")
      #expect(text.contains("animatic") == isMarked, "\(film): \(text)")
    }
  }

  @Test("Every pipeline of this repository checks clean")
  func shippedPipelines() async throws {
    let files = ["pipelines", "examples"].flatMap { folder in
      let found = FileManager.default.enumerator(
        atPath: Self.repository.appendingPathComponent(folder).path)
      // A drill's script is no pipeline.
      return (found?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("faults.yaml") }
        .map { "\(folder)/\($0)" }
    }.sorted()
    try #require(files.count >= 8)
    let check = try await KeyreelProcess.run(
      ["check", "--store", "/nonexistent/store"] + files, in: Self.repository)
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    for file in files {
      // Only an example that is about a warning may have one, and it says so.
      let text = try String(
        contentsOf: Self.repository.appendingPathComponent(file), encoding: .utf8)
      let line = check.output.split(separator: "\n").first { $0.hasPrefix(file) }
      #expect(line == "\(file): ok" || text.contains("warn"), "\(check.output)\(check.errors)")
    }
  }
}
