import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// The real `keyreel-serve`, on a free port, with the tiny model and, where wanted, faults.
final class RehearsalServer: Sendable {
  /// The program under test: `KEYREEL_SERVE_BINARY`, or the one built beside the tests.
  static let program: URL = {
    if let named = ProcessInfo.processInfo.environment["KEYREEL_SERVE_BINARY"] {
      return URL(fileURLWithPath: named)
    }
    return KeyreelProcess.program.deletingLastPathComponent()
      .appendingPathComponent("keyreel-serve")
  }()

  /// A key that is nowhere but in the environment, so that it can be looked for everywhere else.
  static let key = "canary-id-4711:canary-secret-0815"

  /// The tiny model, whose clips may come longer than asked for: five frames as nine at worst.
  static let profile = TinyModel.profile.replacingOccurrences(
    of: #""frame_rate": "30" }"#,
    with: #""frame_rate": "30", "grid": { "step": 4, "offset": 1, "section": 4 } }"#)

  /// The same as the endpoint `test/NAME`.
  static func profile(of name: String) -> String {
    profile.replacingOccurrences(of: TinyModel.id, with: "test/\(name)")
  }

  /// What it wrote to its log so far.
  var log: String { child.written }

  /// What points clients here.
  let environment: [String: String]
  private let folder: TemporaryProject
  private let child: ChildProcess

  /// Starts a server with the faults of this YAML, with `profile` as the tiny model and these models
  /// besides it.
  init(
    faults: String? = nil, arguments: [String] = [], models: [String] = [],
    profile: String = RehearsalServer.profile
  ) async throws {
    folder = try TemporaryProject()
    try folder.write(profile, to: "models/tiny.json")
    for model in models { try folder.write(Self.profile(of: model), to: "models/\(model).json") }
    var words = [
      Self.program.path, "--port", "0", "--data", "data", "--ready-file", "ready.json",
      "--backend", "instant",
    ]
    if let faults {
      try folder.write(faults, to: "faults.yaml")
      words += ["--faults", "faults.yaml"]
    }
    let own: [String: String?] = [
      "FAL_KEY": Self.key, "HTTPS_PROXY": nil, "SSL_CERT_FILE": nil,
      "KEYREEL_MODELS": folder.folder.appendingPathComponent("models").path,
    ]
    child = try ChildProcess(
      words + arguments, in: FilePath(folder.folder.path), environment: own,
      limit: .seconds(3600))
    let ready = folder.folder.appendingPathComponent("ready.json")
    var told: [String: [String: String]]?
    while told == nil, child.isRunning {
      told = try? JSONDecoder().decode(
        [String: [String: String]].self, from: Data(contentsOf: ready))
      if told == nil { try await Task.sleep(for: .milliseconds(20)) }
    }
    guard let variables = told?["env"] else {
      throw NotListening(written: child.written)
    }
    environment = variables
  }

  deinit { child.send(SIGKILL) }

  /// Ends the server at once and waits until it is gone.
  func kill() throws {
    child.send(SIGKILL)
    _ = try child.wait()
  }

  /// How often the fault of this name was played.
  func count(ofFault name: String) -> Int {
    log.split(separator: "\n")
      .count { $0.contains("fault played") && $0.contains("name=\(name)") }
  }

  /// The server ended before it listened.
  struct NotListening: Error {
    let written: String
  }

  /// A list of the platform, all pages of it: `billing-events`, `requests/by-endpoint`.
  func list(
    _ route: String, _ name: String, of endpoint: String = TinyModel.id, more: String = ""
  ) throws -> [[String: Any]] {
    var items: [[String: Any]] = []
    var cursor = ""
    repeat {
      let named = try #require(environment["FAL_PLATFORM_HOST"])
      let host = named.contains("://") ? named : "https://\(named)"
      let query =
        "limit=100&endpoint_id=\(endpoint)\(more)" + (cursor.isEmpty ? "" : "&cursor=\(cursor)")
      let url = try #require(URL(string: "\(host)/v1/models/\(route)?\(query)"))
      let page = try Curl.json(
        url.absoluteString, key: Self.key, authority: environment["SSL_CERT_FILE"])
      items += page[name] as? [[String: Any]] ?? []
      cursor = page["has_more"] as? Bool == true ? page["next_cursor"] as? String ?? "" : ""
    } while !cursor.isEmpty
    return items
  }

  /// How many calls each of its services has answered.
  func calls() throws -> [String: Int] {
    var calls: [String: Int] = [:]
    for match in try metrics().matches(
      of: /keyreel_http_requests_total\{service="(\w+)",.*\} (\d+)/)
    {
      calls[String(match.1), default: 0] += Int(match.2) ?? 0
    }
    return calls
  }

  /// How many jobs have ended well.
  func jobsMade() throws -> Int {
    let page = try metrics()
    let match = page.firstMatch(of: /keyreel_jobs_ended_total\{outcome="success"\} (\d+)/)
    return try #require(Int(try #require(match?.1, "\(page)")))
  }

  private func metrics() throws -> String {
    let queue = try #require(environment["FAL_QUEUE_RUN_HOST"])
    let host = queue.contains("://") ? queue : "https://\(queue)"
    return try Curl.text(
      host.replacing("/queue", with: "/metrics"), key: Self.key,
      authority: environment["SSL_CERT_FILE"])
  }

  /// The ids of all requests that were accepted.
  func requests(of endpoint: String = TinyModel.id) throws -> [String] {
    try list("requests/by-endpoint", "items", of: endpoint)
      .compactMap { $0["request_id"] as? String }
  }

  /// All that was billed, in billionths.
  func billed(of endpoint: String = TinyModel.id) throws -> Int {
    try list("billing-events", "billing_events", of: endpoint)
      .reduce(0) { $0 + ($1["cost_estimate_nano_usd"] as? Int ?? 0) }
  }
}

/// Plain requests with the system's curl.
enum Curl {
  /// The JSON at `url`; `authority` is a file of certificates to trust.
  static func json(
    _ url: String, key: String, authority: String? = nil
  ) throws -> [String: Any] {
    let page = try text(url, key: key, authority: authority)
    let value = try JSONSerialization.jsonObject(with: Data(page.utf8))
    return try #require(value as? [String: Any])
  }

  /// What is at `url`.
  static func text(_ url: String, key: String, authority: String? = nil) throws -> String {
    let child = try ChildProcess(
      [
        "/usr/bin/env", "curl", "-sS", "--max-time", "60", "-H", "Authorization: Key \(key)",
      ] + (authority.map { ["--cacert", $0] } ?? []) + [url])
    return String(decoding: try child.wait().bytes, as: UTF8.self)
  }
}

/// A project whose film is bought from a server.
struct PaidProject {
  let project: TemporaryProject
  let environment: [String: String]

  /// `segments` clips of the tiny model, in one sequence.
  init(_ server: RehearsalServer, segments: Int, more: String = "") throws {
    project = try TemporaryProject()
    environment = server.environment
    try project.write(RehearsalServer.profile, to: "models/tiny.json")
    for index in 0...segments {
      try project.write(TinyStill.numbered(index), to: "stills/\(index).png")
    }
    let stills = (0...segments).map { "stills/\($0).png" }.joined(separator: ", ")
    try project.write(
      """
      keyreel: 1
      backend: fal
      prompt: mist
      defaults: {model: test/tiny, frames: 5}
      sequences:
        - name: s
          keyframes: [\(stills)]
      \(more)
      """, to: "film.yaml")
  }

  /// The same project, to be bought from another server.
  init(_ project: TemporaryProject, from server: RehearsalServer) {
    self.project = project
    environment = server.environment
  }

  /// Runs `keyreel` there with the server's variables.
  func keyreel(
    _ arguments: String..., without: [String] = [], with: [String: String] = [:]
  ) async throws -> KeyreelProcess.Outcome {
    let variables = environment.merging(with) { $1 }.filter { !without.contains($0.key) }
    return try await KeyreelProcess.run(
      arguments, in: project.folder, environment: variables)
  }

  /// The standard output of `keyreel`, as JSON.
  func json(_ arguments: String...) async throws -> [String: Any] {
    let outcome = try await KeyreelProcess.run(
      arguments, in: project.folder, environment: environment)
    let value = try? JSONSerialization.jsonObject(with: Data(outcome.bytes))
    return try #require(value as? [String: Any], "\(outcome)")
  }
}
