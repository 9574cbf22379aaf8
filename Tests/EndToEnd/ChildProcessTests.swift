import KeyreelTesting
import SystemPackage
import Testing

@Suite("Programs that tests start are bounded and leave nothing behind")
struct ChildProcessTests {
  @Test("Output and status come whole, however much it is and however it ends")
  func outcomes() async throws {
    let much = try await ChildProcess(["sh", "-c", "seq 200000; echo no >&2; exit 7"]).outcome()
    #expect(much.status == 7 && much.errors == "no\n")
    #expect(much.output.split(separator: "\n").count == 200_000)
    let killed = try await ChildProcess(["sh", "-c", "kill -9 $$"]).outcome()
    #expect(killed.status == 128 + 9)
    let failure = #expect(throws: ChildProcess.Failure.self) {
      try ChildProcess.run(["sh", "-c", "echo why; exit 3"])
    }
    #expect(failure?.description.contains("ended with 3; it wrote:\nwhy") == true)
    #expect(throws: ChildProcess.Failure.self) { try ChildProcess(["no-such-program"]) }
  }

  @Test("Folder, environment and standard files are as asked, and nothing else is open")
  func surroundings() async throws {
    let scratch = try ScratchFolder()
    let leak = try FileDescriptor.open("/dev/null", .readOnly)
    defer { try? leak.close() }
    let child = try ChildProcess(
      ["sh", "-c", "pwd; echo $FIRST-${HOME-none}; wc -c; ls /proc/self/fd"], in: scratch.path,
      environment: ["FIRST": "1", "HOME": nil])
    let lines = try await child.outcome().output.split(separator: "\n").map(String.init)
    // The last is the folder that `ls` reads.
    #expect(lines == [scratch.path.string, "1-none", "0", "0", "1", "2", "3"])
  }

  @Test("Who takes too long is killed with all that it started, and what it wrote is told")
  func limit() async throws {
    let scratch = try ScratchFolder()
    let (reader, writer) = try FileDescriptor.pipe()
    defer { try? reader.close() }
    let child = try ChildProcess(
      ["sh", "-c", "sleep 1000 & echo begun >&2; touch ready; wait"], in: scratch.path,
      standardOutput: writer, limit: .zero)
    try writer.close()
    while child.isRunning, !TestFile.exists(scratch.path.appending("ready")) {
      try await Task.sleep(for: .milliseconds(2))
    }
    let failure = await #expect(throws: ChildProcess.Failure.self) { try await child.outcome() }
    #expect(failure?.description.contains("did not end within") == true)
    #expect(failure?.description.contains("begun") == true)
    #expect(!child.isRunning)
    // The pipe ends when nobody holds its other end any more.
    var byte: UInt8 = 0
    #expect(try withUnsafeMutableBytes(of: &byte) { try reader.read(into: $0) } == 0)
  }

  @Test("A program that is forgotten does not live on")
  func forgotten() throws {
    let (reader, writer) = try FileDescriptor.pipe()
    defer { try? reader.close() }
    do { _ = try ChildProcess(["sleep", "1000"], standardOutput: writer) }
    try writer.close()
    var byte: UInt8 = 0
    #expect(try withUnsafeMutableBytes(of: &byte) { try reader.read(into: $0) } == 0)
  }
}
