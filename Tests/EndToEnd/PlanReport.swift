import Foundation
import KeyreelTesting

/// What `keyreel plan --format json` says, as far as programs rely on it.
struct PlanReport: Decodable {
  struct Cost: Decodable {
    var expected: String
    var upper_bound: String
    var new: String
    var new_upper_bound: String
    var reused: String
  }

  struct Keyframe: Decodable {
    var name: String
    var sequence: String
    var film_frame: Int
  }

  struct Take: Decodable {
    var take: Int
    var key: String
    var cost: String
    var chosen: Bool
    var action: String
    var reason: String
  }

  struct Segment: Decodable {
    var id: String
    var frames: Int
    var takes: [Take]
  }

  struct Crossfade: Decodable {
    var frames: Int
    var handles: String
  }

  struct Piece: Decodable {
    var label: String
    var clip: String?
    var frames: Int
    var drops_last: Bool
    var hold_before: Int
    var hold_after: Int
    var crossfade: Crossfade?
  }

  struct Assembly: Decodable {
    var pieces: [Piece]
  }

  struct Film: Decodable {
    var name: String
    var frames: Int
    var width: Int
    var height: Int
    var cost: Cost
    var outputs: [String]
    var keyframes: [Keyframe]
    var segments: [Segment]
    var assembly: Assembly
  }

  var cost: Cost
  var films: [Film]

  /// Every take of every film, with its segment's id.
  var takes: [(segment: String, take: Take)] {
    films.flatMap(\.segments).flatMap { segment in segment.takes.map { (segment.id, $0) } }
  }

  /// The ids of the segments that a run would make now, in film order.
  var toMake: [String] { takes.filter { $0.take.action == "generate" }.map(\.segment) }
}

extension TemporaryProject {
  /// What the plan of `file` says; fails the test when there is none.
  func plan(_ file: String = "film.yaml", _ more: String...) async throws -> PlanReport {
    let plan = try await KeyreelProcess.run(
      ["plan", file, "--format", "json"] + more, in: folder)
    guard plan.status == 0 else {
      throw ProgramFailure(description: "plan \(file): \(plan.status)\n\(plan.errors)")
    }
    return try JSONDecoder().decode(PlanReport.self, from: Data(plan.output.utf8))
  }

  /// Runs `file`, which must succeed.
  @discardableResult
  func make(_ file: String = "film.yaml", _ more: String...) async throws -> KeyreelProcess.Outcome
  {
    let run = try await KeyreelProcess.run(["run", file] + more, in: folder)
    guard run.status == 0 else {
      throw ProgramFailure(description: "run \(file): \(run.status)\n\(run.errors)")
    }
    return run
  }

  /// The bytes of the file `name`.
  func read(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  /// Everything in the folder `name` and its bytes' digest or kind, to see whether anything changed.
  func contents(of name: String = ".") throws -> [String: Data] {
    let base = folder.appendingPathComponent(name)
    var found: [String: Data] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: base.path) ?? .init() {
      var isFolder: ObjCBool = false
      let file = base.appendingPathComponent(path)
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
        continue
      }
      found[path] = isFolder.boolValue ? Data("folder".utf8) : try? Data(contentsOf: file)
    }
    return found
  }
}

/// A program that should have worked and did not.
struct ProgramFailure: Error, CustomStringConvertible {
  var description: String
}

/// Whether the long forms of the tests run.
let isTorture = ProcessInfo.processInfo.environment["KEYREEL_TORTURE"] != nil
