import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// The example workflows as they stand, run without a network in a runner of this machine.
@Suite("Example workflows", .serialized)
struct WorkflowTests {
  private static let token = "canary-token-0815"

  @Test("A pull request of a fork gets one comment, which is updated in place")
  func comment() async throws {
    let runner = try WorkflowRunner()
    let base = try runner.head
    try runner.write(prompt: "mist")
    try runner.commit()
    let planned = try await runner.run(
      "plan", on: "pull_request", payload: #"{"pull_request": {"base": {"sha": "\#(base)"}}}"#)
    #expect(planned.status == 0, "\(planned)")
    let body = try String(
      contentsOf: runner.artifacts.appendingPathComponent("keyreel-plan/comment.md"),
      encoding: .utf8)
    #expect(body.hasPrefix("<!-- keyreel diff pipelines/lake-day.yaml -->\n"), "\(body)")
    #expect(body.contains("a lake") && body.contains("mist"), "\(body)")

    let program = try String(
      contentsOfFile: FilePath(#filePath).removingLastComponent()
        .appending("Python/code_host.py").string, encoding: .utf8)
    let host = try PythonServer(program)
    func post(branch: String) async throws -> CodeHost {
      let outcome = try await runner.run(
        "comment", on: "workflow_run",
        payload: """
          {"workflow_run": {"id": 99, "event": "pull_request", "head_branch": "\(branch)",
            "head_repository": {"owner": {"login": "fork"}}}}
          """,
        variables: [
          "GH_HOST": "github.localhost", "http_proxy": "http://127.0.0.1:\(host.ports[0])",
        ], secrets: ["GITHUB_TOKEN": Self.token])
      #expect(outcome.status == 0 && !"\(outcome)".contains(Self.token), "\(outcome)")
      return try CodeHost(host.folder.appending("host.json"))
    }
    let first = try await post(branch: "feature")
    #expect(first.asked.last?.method == "POST" && first.comments.count == 3)
    #expect(first.comments.last?.body == body.trimmingCharacters(in: .newlines))
    #expect(first.asked.allSatisfy { $0.authorization == "token \(Self.token)" })
    try Data("<!-- keyreel diff pipelines/lake-day.yaml -->\nlater".utf8).write(
      to: runner.artifacts.appendingPathComponent("keyreel-plan/comment.md"))
    let second = try await post(branch: "feature")
    #expect(second.asked.last?.method == "PATCH" && second.comments.count == 3)
    #expect(second.comments.last?.body.hasSuffix("\nlater") == true)
    #expect(second.comments.prefix(2) == first.comments.prefix(2), "those of others stay")
    let closed = try await post(branch: "merged-since")
    #expect(closed.asked.last?.path.hasSuffix("/pulls") == true)
    #expect(closed.comments == second.comments)
  }

  @Test("A pull request that the base's policy denies fails, and its comment is still there")
  func denied() async throws {
    let runner = try WorkflowRunner()
    try runner.project.write("keyreel_policy: 1\nmax_total: 0.001 USD\n", to: "policy.yaml")
    let base = try runner.commit()
    try runner.write(prompt: "mist")
    // Whoever changes the film cannot change the rules for it.
    try runner.project.write("keyreel_policy: 1\n", to: "policy.yaml")
    try runner.commit()
    let planned = try await runner.run(
      "plan", on: "pull_request", payload: #"{"pull_request": {"base": {"sha": "\#(base)"}}}"#)
    #expect(planned.status == 1, "\(planned)")
    #expect(planned.output.contains("::error file=pipelines/lake-day.yaml,title=Keyreel KR0701::"))
    let comment = runner.artifacts.appendingPathComponent("keyreel-plan/comment.md")
    #expect(try !Data(contentsOf: comment).isEmpty)
  }

  @Test("A merge buys the film once, exactly as it was approved", arguments: ["shared", "s3"])
  func render(store: String) async throws {
    let server = try await RehearsalServer()
    let bucket = store == "s3" ? try await ObjectServer() : nil
    let folder = try TemporaryProject()
    let name = bucket == nil ? "shared:\(folder.folder.path)/clips" : "s3://clips/film"
    let runner = try WorkflowRunner(replacing: ["s3://example-clips/lake-day": name])
    let variables = server.environment.merging(bucket?.environment ?? [:]) { $1 }
    let secrets = ["FAL_KEY": RehearsalServer.key]
    func push() async throws -> KeyreelProcess.Outcome {
      try await runner.run("render", on: "push", variables: variables, secrets: secrets)
    }
    let first = try await push()
    #expect(first.status == 0, "\(first)")
    #expect(try server.requests().count == 2)
    let film = runner.artifacts.appendingPathComponent("film/lake-day.mp4")
    #expect(try FilmProbe(film).frames == 9)
    #expect(!"\(first)".contains(RehearsalServer.key))
    let again = try await push()
    #expect(again.status == 0, "\(again)")
    #expect(try server.requests().count == 2, "all is in the store")
    // What was approved is not what is there when it is rendered.
    try runner.write(prompt: "storm")
    try runner.commit()
    let workflow = String(
      decoding: try runner.project.read(".github/workflows/render.yml"), as: UTF8.self)
    let step = "          path: approved\n"
    try runner.project.write(
      workflow.replacingOccurrences(
        of: step,
        with: step + "      - run: sed -i 's/storm/calm/' approved/film.plan.json\n"),
      to: ".github/workflows/render.yml")
    let refused = try await push()
    #expect(refused.status == 1 && refused.output.contains("KR05"), "\(refused)")
    #expect(try server.requests().count == 2)
  }

  @Test("Several runners make a film in parts, and a last one joins it, also when all is there")
  func shards() async throws {
    let server = try await RehearsalServer()
    let bucket = try await ObjectServer()
    let runner = try WorkflowRunner(
      replacing: ["s3://example-clips/lake-day": "s3://clips/film"])
    let variables = server.environment.merging(bucket.environment) { $1 }
    for _ in 0..<2 {
      let outcome = try await runner.run(
        "shards", on: "workflow_dispatch", variables: variables,
        secrets: ["FAL_KEY": RehearsalServer.key])
      #expect(outcome.status == 0, "\(outcome)")
      let film = runner.artifacts.appendingPathComponent("film/films/lake-day.mp4")
      #expect(try FilmProbe(film).frames == 9)
      #expect(try server.requests().count == 2)
      try FileManager.default.removeItem(at: film)
    }
  }

  @Test("A free preview of every push makes only what no push before it made")
  func animatic() async throws {
    let runner = try WorkflowRunner()
    let first = try await runner.run("animatic", on: "push")
    #expect(first.status == 0 && first.output.contains("2 clips to make"), "\(first)")
    let film = runner.artifacts.appendingPathComponent("animatic/lake-day.mp4")
    #expect(try FilmProbe(film).frames == 9)
    let second = try await runner.run("animatic", on: "push")
    #expect(second.status == 0 && second.output.contains("all 2 clips are in the store"))
  }

  @Test("A cancelled job keeps its tickets and says how to go on, and the next one buys nothing")
  func cancelled() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: status, count: 2, delay: 60s}]\n")
    let runner = try WorkflowRunner()
    let shared = try TemporaryProject()
    let store = "shared:\(shared.folder.path)/clips"
    let variables = runner.environment(
      server.environment.merging([
        "CI": "true", "KEYREEL_COMMAND": "render", "KEYREEL_PIPELINE": "pipelines/lake-day.yaml",
        "KEYREEL_BACKEND": "fal", "KEYREEL_STORE_FOLDER": store, "KEYREEL_MAX_COST": "5.00",
        "KEYREEL_ACTION": runner.project.folder.path,
        "RUNNER_TEMP": runner.artifacts.path,
      ]) { $1 })
    func start() throws -> ChildProcess {
      try ChildProcess(
        [runner.script.path], in: FilePath(runner.project.folder.path), environment: variables)
    }
    let job = try start()
    while job.isRunning {
      let list = try await KeyreelProcess.run(
        ["store", "ls", "--store", store], in: shared.folder)
      if list.output.components(separatedBy: "ticketed").count == 3 { break }
    }
    job.send(SIGTERM)
    let stopped = try await job.outcome()
    #expect(stopped.status == 143, "\(stopped)")
    #expect(
      stopped.errors.contains(
        "2 clips that are bought stand in the store: run the same command again, with the same store"
      ),
      "\(stopped)")
    #expect(try server.requests().count == 2)
    let next = try await start().outcome()
    #expect(next.status == 0, "\(next)")
    #expect(try server.requests().count == 2 && server.billed() == 2 * MoneyTests.expected)
  }
}

/// What the host that stands for the code host was asked, and has.
private struct CodeHost: Decodable {
  struct Asked: Decodable {
    var method: String
    var path: String
    var authorization: String?
  }

  struct Comment: Decodable, Equatable {
    var id: Int
    var body: String
  }

  var asked: [Asked]
  var comments: [Comment]

  init(_ file: FilePath) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: file.string)))
  }
}
