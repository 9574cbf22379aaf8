import KeyreelTesting
import SystemPackage
import Testing

@Suite("The server keeps its promises when things go wrong", .serialized)
struct HardshipTests {
  @Test("Kills at any moment lose no job, no line and no file, and charge nothing twice")
  func kills() async throws {
    let kills = PythonScript.isTorture ? 200 : 10
    try await PythonScript.run(
      "torture.py", [ServerProcess.program.string, "--kills", "\(kills)", "--seed", "7"],
      limit: .seconds(3600))
  }

  @Test("Bad input gets a documented error, and the server stays up and small")
  func badInput() async throws {
    try await PythonScript.run("bad_input.py", [ServerProcess.program.string])
  }

  @Test("Rehearsed faults happen where the file says, and mistakes in it are told by their place")
  func faults() async throws {
    let root = Checkout.root
    try await PythonScript.run(
      "faults.py",
      [
        ServerProcess.program.string, root.appending("examples/rehearsal/faults.yaml").string,
        root.appending("schemas/faults.schema.json").string,
      ])
  }

  @Test("A server that is stopped and started again has its jobs, its key and its files")
  func restart() async throws {
    let first = try await ServerProcess(["--backend", "instant"])
    let key = first.key
    try await first.kill()
    let second = try await first.restarted(["--backend", "instant"])
    #expect(second.key == key)
    let outcome = try await second.stop()
    #expect(outcome.status == 0, "\(outcome)")
  }
}
