import Foundation
import KeyreelTesting
import Testing

@Suite("Bad input gets one clear message, an exit code and no damage")
struct BadInputTests {
  /// A still that is none.
  enum BadStill: String, CaseIterable {
    case missing, empty, truncated, webPage, noPixels, enormous, folder, text

    var bytes: Data? {
      switch self {
      case .missing, .folder: nil
      case .empty: Data()
      case .truncated: TinyStill.numbered(1).dropLast(4000)
      case .webPage: Data("<!DOCTYPE html><html><body>404 not found</body></html>".utf8)
      case .noPixels: TinyStill.claiming(width: 0, height: 0)
      case .enormous: TinyStill.claiming(width: 30_000, height: 30_000)
      case .text: Data("this is not a picture\n".utf8)
      }
    }
  }

  @Test("A still that is no picture is named with its place", arguments: BadStill.allCases)
  func badStill(_ kind: BadStill) async throws {
    let project = try TinyFilm.project(stills: 3)
    let still = project.folder.appendingPathComponent("stills/1.png")
    try FileManager.default.removeItem(at: still)
    if let bytes = kind.bytes { try project.write(bytes, to: "stills/1.png") }
    if kind == .folder {
      try FileManager.default.createDirectory(at: still, withIntermediateDirectories: false)
    }
    for command in ["check", "run"] {
      let outcome = try await project.refuses(command, "film.yaml", status: 3)
      #expect(outcome.errors.contains("film.yaml:8:"), "\(outcome.errors)")
      #expect(outcome.errors.contains("stills/1.png"), "\(outcome.errors)")
      #expect(outcome.errors.components(separatedBy: ": error[").count == 2, "\(outcome.errors)")
    }
  }

  @Test("A pipeline file that cannot be one is refused by name")
  func badPipelineFile() async throws {
    let project = try TinyFilm.project(stills: 2)
    try project.write("", to: "empty.yaml")
    try project.write(TinyStill.numbered(0), to: "binary.yaml")
    try project.write("keyreel: 1\nsequences:\n  - [a: {\n", to: "broken.yaml")
    try project.write(Data([0xFF, 0xFE, 0x00, 0x00]), to: "wide.yaml")
    for file in [
      "missing.yaml", "stills", "empty.yaml", "binary.yaml", "broken.yaml", "wide.yaml",
      "film.yaml/below.yaml",
    ] {
      for command in ["check", "run"] {
        let outcome = try await project.refuses(command, file, status: 3)
        #expect(outcome.errors.contains(file), "\(outcome.errors)")
      }
    }
  }

  @Test("Files without rights are refused")
  func unreadable() async throws {
    guard geteuid() != 0 else {
      print("SKIPPED: root may read every file, so missing rights cannot be tested as root")
      return
    }
    let project = try TinyFilm.project(stills: 2)
    for (file, named) in [("stills/1.png", "stills/1.png"), ("film.yaml", "film.yaml")] {
      let path = project.folder.appendingPathComponent(file).path
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
      let outcome = try await project.refuses("run", "film.yaml", status: 3)
      #expect(outcome.errors.contains(named), "\(outcome.errors)")
    }
  }

  @Test("A wrong command line says so and exits with 64")
  func wrongCommandLine() async throws {
    let project = try TinyFilm.project(stills: 2)
    for arguments in [
      ["run", "film.yaml", "--nonsense"], ["run"], ["nonsense"],
      ["run", "film.yaml", "--concurrency", "0"], ["plan", "film.yaml", "--format", "xml"],
    ] {
      try await project.refuses(arguments, status: 64)
    }
  }

  @Test("Unknown models and backends are told with what was probably meant")
  func unknownNames() async throws {
    let project = try TinyFilm.project(stills: 2)
    let backend = try await project.refuses(
      "run", "film.yaml", "--backend", "animatik", status: 64)
    #expect(backend.errors.contains("did you mean `animatic`?"), "\(backend.errors)")
    try project.write(
      String(decoding: project.read("film.yaml"), as: UTF8.self)
        .replacingOccurrences(of: TinyModel.id, with: "test/tinny"), to: "film.yaml")
    let model = try await project.refuses("run", "film.yaml", status: 3)
    #expect(model.errors.contains("did you mean `test/tiny`?"), "\(model.errors)")
  }

  @Test("Without a key a paid film is refused by name, before anything is touched")
  func noKey() async throws {
    let project = try TinyFilm.project(stills: 2)
    let outcome = try await project.refuses("run", "film.yaml", "--backend", "fal", status: 64)
    #expect(outcome.errors.contains("no key for queue.fal.run"), "\(outcome.errors)")
  }
}

extension TemporaryProject {
  /// Runs `arguments`, which must be refused with `status` and a message, leaving all files alone.
  @discardableResult
  func refuses(_ arguments: String..., status: Int32) async throws -> KeyreelProcess.Outcome {
    try await refuses(arguments, status: status)
  }

  @discardableResult
  func refuses(_ arguments: [String], status: Int32) async throws -> KeyreelProcess.Outcome {
    let before = try contents()
    let outcome = try await KeyreelProcess.run(arguments, in: folder)
    let told = "\(arguments): \(outcome.status)\n\(outcome.output)\(outcome.errors)"
    #expect(outcome.status == status, "\(told)")
    #expect(outcome.errors.lowercased().contains("error"), "\(told)")
    for trace in ["Fatal error", "Stack dump", "Thread 0", "OperationError(", "Swift."] {
      #expect(!outcome.errors.contains(trace), "\(told)")
    }
    #expect(try contents() == before, "files changed: \(told)")
    return outcome
  }
}
