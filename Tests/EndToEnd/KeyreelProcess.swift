import Foundation
import KeyreelCore
import Testing

/// Runs the real `keyreel` program, as a user's shell would.
struct KeyreelProcess {
  /// What a finished process left behind.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The program under test: `KEYREEL_BINARY`, or the one built beside the tests.
  static let program: URL = {
    if let named = ProcessInfo.processInfo.environment["KEYREEL_BINARY"] {
      return URL(fileURLWithPath: named)
    }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("keyreel")
  }()

  /// Runs to the end; output is kept whole.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) async throws -> Outcome {
    let running = try start(arguments, in: folder, environment: environment)
    return try await running.outcome()
  }

  /// Starts without waiting, for tests that kill or interrupt.
  static func start(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> RunningProcess {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    for name in ["KEYREEL_STORE", "KEYREEL_MODELS", "CI", "NO_COLOR"] { variables[name] = nil }
    process.environment = variables.merging(environment) { _, new in new }
    return try RunningProcess(process)
  }
}

/// A process that runs, with its output going to files so that no pipe can fill up.
struct RunningProcess {
  let process: Process
  private let outputFile: URL
  private let errorFile: URL

  init(_ process: Process) throws {
    self.process = process
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    outputFile = base.appendingPathExtension("out")
    errorFile = base.appendingPathExtension("err")
    for file in [outputFile, errorFile] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
  }

  /// Waits for the end and reads what was written.
  func outcome() async throws -> KeyreelProcess.Outcome {
    try await OwnThread.run { [process] _ in process.waitUntilExit() }
    defer {
      try? FileManager.default.removeItem(at: outputFile)
      try? FileManager.default.removeItem(at: errorFile)
    }
    let status =
      process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
    return KeyreelProcess.Outcome(
      status: status,
      output: try String(contentsOf: outputFile, encoding: .utf8),
      errors: try String(contentsOf: errorFile, encoding: .utf8))
  }
}

/// A temporary project folder, removed at the end of its test.
final class TemporaryProject: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("keyreel-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent(".git"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes `text` to the file `name`, making folders as needed.
  func write(_ text: String, to name: String) throws {
    try write(Data(text.utf8), to: name)
  }

  /// Writes `data` to the file `name`, making folders as needed.
  func write(_ data: Data, to name: String) throws {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  /// Runs `keyreel` in the folder.
  func keyreel(
    _ arguments: String..., environment: [String: String] = [:]
  ) async throws -> KeyreelProcess.Outcome {
    try await KeyreelProcess.run(arguments, in: folder, environment: environment)
  }
}
