import KeyreelTesting
import SystemPackage
import Testing

@Suite("fal's own clients work with the server as they are", .serialized)
struct ClientTests {
  @Test("The official Python client does all its calls over TLS, by nothing but the ready file")
  func python() async throws {
    let server = try await ServerProcess(["--dev-tls", "--allow-private-webhooks"])
    let work = server.folder.file("work")
    try TestFile.makeFolders(work)
    try await PythonScript.run(
      "client_suite.py", [work.string], environment: server.environment)
    #expect(server.isRunning, "\(server.log)")
    let outcome = try await server.stop()
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test(
    "Every recorded request of the Python, JavaScript and Swift clients gets an answer they take")
  func recorded() async throws {
    try await PythonScript.run(
      "replay.py",
      [
        ServerProcess.program.string,
        Checkout.root.appending("Tests/FalProtocolTests/Recorded/requests.json").string,
      ])
  }

  @Test("What keyreel sends for a clip is field for field what fal's own Python client sends")
  func sameRequests() async throws {
    let program = ServerProcess.program
    try await PythonScript.run(
      "wire_suite.py",
      [program.string, program.removingLastComponent().appending("keyreel").string])
  }

  @Test("The server's own description of its endpoints is valid, and true")
  func description() async throws {
    let examples = PythonScript.isTorture ? 300 : 25
    try await PythonScript.run(
      "conformance.py", [ServerProcess.program.string, "--examples", "\(examples)"],
      limit: .seconds(3600))
  }
}
