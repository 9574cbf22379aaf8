import Foundation
import KeyreelTesting
import Testing

/// A place for a shared store that nobody used before: in a bucket of a real server, or in a folder.
struct SharedGround {
  enum Kind: String, CustomTestStringConvertible {
    case bucket, folder
    var testDescription: String { rawValue }
  }

  /// Both; where no server is installed, which was told loudly, the folder alone.
  static let kinds: [Kind] = ObjectServer.isWanted ? [.bucket, .folder] : [.folder]

  private static let server = Task { try await ObjectServer() }

  /// The store's address.
  let store: String
  /// What machines need to reach it; the store is theirs.
  let variables: [String: String]
  /// Of somebody who may read all and write below `s3://clips/pull` alone; empty for a folder.
  let guest: [String: String]
  private let folder: TemporaryProject?

  init(_ kind: Kind) async throws {
    switch kind {
    case .bucket:
      let server = try await Self.server.value
      store = "s3://clips/\(UUID().uuidString.lowercased())"
      variables = server.environment.merging(["KEYREEL_STORE": store]) { $1 }
      guest = server.guestEnvironment
      folder = nil
    case .folder:
      let project = try TemporaryProject()
      store = "shared:\(project.folder.path)/clips"
      variables = ["KEYREEL_STORE": store]
      guest = [:]
      folder = project
    }
  }
}

/// A machine with an empty disk, on which there is nothing but a project.
struct Machine {
  let project: TemporaryProject
  let environment: [String: String]

  /// The machine with the project, what reaches the store, and what else is set there.
  init(_ project: TemporaryProject, _ ground: SharedGround, _ more: [String: String] = [:]) {
    self.project = project
    environment = ground.variables.merging(more) { $1 }
  }

  func keyreel(_ words: String...) async throws -> KeyreelProcess.Outcome {
    try await KeyreelProcess.run(words, in: project.folder, environment: environment)
  }

  func start(_ words: String...) throws -> ChildProcess {
    try KeyreelProcess.start(words, in: project.folder, environment: environment)
  }

  /// Runs `keyreel`, which must end with `status`; returns all that it wrote.
  @discardableResult
  func expect(
    _ status: Int32 = 0, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await KeyreelProcess.run(
      words, in: project.folder, environment: environment)
    #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
    return outcome.output + outcome.errors
  }
}
