import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// Runs the real `keyreel` program, as a user's shell would.
enum KeyreelProcess {
  /// What a finished process left behind.
  typealias Outcome = ChildProcess.Outcome

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
    try await start(arguments, in: folder, environment: environment).outcome()
  }

  /// Starts without waiting, for tests that kill or interrupt.
  static func start(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> ChildProcess {
    let ours: [String: String?] = [
      "KEYREEL_STORE": nil, "KEYREEL_MODELS": nil, "CI": nil, "NO_COLOR": nil, "FAL_KEY": nil,
      "FAL_KEY_ID": nil, "FAL_KEY_SECRET": nil, "FAL_RUN_HOST": nil, "FAL_QUEUE_RUN_HOST": nil,
      "KEYREEL_CACHE": nil, "KEYREEL_LEASE": nil, "AWS_PROFILE": nil, "AWS_ENDPOINT_URL_S3": nil,
      "AWS_SESSION_TOKEN": nil, "FAL_STORAGE_HOST": nil, "FAL_MEDIA_HOST": nil,
      "FAL_PLATFORM_HOST": nil, "GITHUB_ACTIONS": nil, "GITHUB_STEP_SUMMARY": nil,
      "GITHUB_OUTPUT": nil,
    ]
    return try ChildProcess(
      [program.path] + arguments, in: FilePath(folder.path),
      environment: ours.merging(environment) { $1 })
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
