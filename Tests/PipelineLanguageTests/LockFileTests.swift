import Foundation
import KeyreelCore
import KeyreelTesting
import Testing

@testable import PipelineLanguage

@Suite("Lock files")
struct LockFileTests {
  static let broken = Repository.files(
    below: Repository.broken.deletingLastPathComponent().appending(path: "BrokenLocks"),
    ending: "yaml")

  /// Locks with names that YAML would take for something else.
  private static func locks(_ count: Int, seed: UInt64) -> [ClipLock] {
    var dice = Dice(seed: seed)
    let names = [
      "true", "no", "12", "s/a-b", "é/ü-ß", "a b", "x: y", "#hash", "- dash", "quote\"d", "[1]",
      "a~2",
      "null", "ends:", "&anchor", "*alias", "key\\back", "%", "@at", "`tick`", "{", "~", "🎬/a-b",
    ]
    let makers = ["animatic@2", "fal@queue.fal.run", "fal@127.0.0.1:8470/queue", "fal@[::1]:9/q"]
    var locks: [String: ClipLock] = [:]
    for _ in 0..<count {
      let maker = makers[Int.random(in: 0..<makers.count, using: &dice)]
      let parts = maker.split(separator: "@", maxSplits: 1).map(String.init)
      let backend = BackendIdentity(kind: parts[0], origin: parts[1])
      let film = names[Int.random(in: 0..<names.count, using: &dice)]
      let segment = names[Int.random(in: 0..<names.count, using: &dice)]
      let digest = Digest.of("\(dice.next())")
      locks["\(backend.kind) \(backend.isPaid) \(film) \(segment)"] = ClipLock(
        film: film, segment: segment, backend: backend,
        take: Int.random(in: 1...9, using: &dice),
        seed: Bool.random(using: &dice) ? Int(UInt32.random(in: 0 ... .max, using: &dice)) : nil,
        key: RecipeKey(digest), clip: Digest.of("\(dice.next())"),
        frames: Int.random(in: 1...2000, using: &dice))
    }
    return Array(locks.values)
  }

  @Test("What is written is read again, whatever segments are called", arguments: 1...20)
  func roundTrip(_ seed: UInt64) throws {
    let locks = Self.locks(40, seed: seed)
    let text = LockFile.text(of: locks)
    let loaded = LockFile.load(Array(text.utf8), file: "film.lock.yaml")
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)\n\(text)")
    #expect(Set(loaded.locks.entries.map(\.value)) == Set(locks))
    #expect(LockFile.text(of: locks.reversed()) == text, "the order of locking changes no line")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for entry in loaded.locks.entries {
      let line = lines[entry.span.start.line - 1].dropFirst(entry.span.start.column - 1)
      let name = entry.value.segment
      #expect(line.hasPrefix(name) || line.hasPrefix("\""), "\(line) is the place of \(name)")
    }
  }

  @Test("One more lock adds its own lines and changes no other")
  func smallDifference() {
    let locks = Self.locks(30, seed: 99)
    let (less, more) = (LockFile.text(of: Array(locks.dropLast())), LockFile.text(of: locks))
    let change = more.split(separator: "\n").difference(from: less.split(separator: "\n"))
    #expect(change.removals.isEmpty)
    #expect((5...8).contains(change.insertions.count))
  }

  @Test("Each mistake of an edited lock is told with its place and what to do", arguments: broken)
  func golden(_ file: URL) throws {
    let loaded = LockFile.load(Array(try Data(contentsOf: file)), file: "film.lock.yaml")
    let told = render(
      LoadedPipeline(documents: [], diagnostics: loaded.diagnostics, text: loaded.text))
    let expected = file.deletingPathExtension().appendingPathExtension("txt")
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try Data(told.utf8).write(to: expected)
    }
    #expect(told == (try? String(contentsOf: expected, encoding: .utf8)))
    #expect(loaded.diagnostics.contains { $0.severity == .error })
    #expect(loaded.diagnostics.allSatisfy { $0.suggestion?.isEmpty == false })
  }

  @Test("The committed schema is the one that locks are read by, and takes what is written")
  func schema() throws {
    let file = Repository.root.appending(path: "schemas/lock.schema.json")
    let made = LockSchema.json()
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try Data(made.utf8).write(to: file)
    }
    #expect((try? String(contentsOf: file, encoding: .utf8)) == made, "KEYREEL_RECORD=1 records it")
    var documents: [[UInt8]] = []
    var isStructural: [Bool] = []
    for text in [LockFile.text(of: Self.locks(30, seed: 5)), LockFile.text(of: [])]
      + (try Self.broken.map { try String(contentsOf: $0, encoding: .utf8) })
    {
      var log = DiagnosticLog(file: "")
      guard let root = Composer.compose(Array(text.utf8), &log), !log.hasErrors else { continue }
      documents.append(Array(root.json.utf8))
      isStructural.append(
        LockFile.load(Array(text.utf8), file: "").diagnostics.contains {
          DiagnosticCode(rawValue: $0.code)?.isStructural == true
        })
    }
    #expect(documents.count > 6)
    let verdicts = try SchemaCheck.complaints(of: documents, schema: made.utf8)
    for (complaint, refused) in zip(verdicts, isStructural) {
      // A text with `$(` is told by the reader alone.
      #expect(complaint.isEmpty == !refused || complaint.contains("$("), "\(complaint)")
    }
  }
}
