import Foundation
import KeyreelTesting
import Testing

@Suite("Secrets")
struct SecretTests {
  @Test("The key is in no output, event, plan, store file or process title")
  func canary() async throws {
    let server = try await RehearsalServer(
      faults: """
        seed: 7
        faults:
          - {at: submit, nth: [1], reset: after}
          - {at: submit, nth: [2], answer: {status: 500}}
          - {at: work, delay: 200ms}
        """)
    let paid = try PaidProject(server, segments: 4)
    var texts: [String] = []
    let child = try KeyreelProcess.start(
      ["run", "film.yaml", "--yes", "--events", "events.jsonl"], in: paid.project.folder,
      environment: paid.environment)
    while child.isRunning {
      let title = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(child.identifier)/cmdline"))
      texts.append(String(decoding: title ?? Data(), as: UTF8.self))
      try await Task.sleep(for: .milliseconds(20))
    }
    var outcomes = [try await child.outcome()]
    for arguments in [
      ["plan", "film.yaml", "-o", "plan.json"], ["plan", "film.yaml"],
      ["reconcile", "film.yaml"], ["reconcile", "film.yaml", "--format", "json"],
      ["costs", "--reconcile"], ["costs", "--by", "origin", "--format", "json"],
      ["store", "ls"], ["models"], ["run", "film.yaml", "--yes"],
    ] {
      outcomes.append(
        try await KeyreelProcess.run(
          arguments, in: paid.project.folder, environment: paid.environment))
    }
    let bad = paid.environment.merging(["FAL_KEY": RehearsalServer.key + "x"]) { $1 }
    outcomes.append(
      try await KeyreelProcess.run(
        ["run", "film.yaml", "--yes"], in: paid.project.folder, environment: bad))
    texts += outcomes.map(\.description)
    for word in ["canary-secret-0815", "canary-id-4711"] {
      #expect(!texts.contains { $0.contains(word) }, "in what was printed")
      let files = FileManager.default.enumerator(
        at: paid.project.folder, includingPropertiesForKeys: nil)
      for case let file as URL in files ?? .init() {
        guard let data = try? Data(contentsOf: file) else { continue }
        #expect(data.range(of: Data(word.utf8)) == nil, "in \(file.path)")
      }
    }
  }
}
