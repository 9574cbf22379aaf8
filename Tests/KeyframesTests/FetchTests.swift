import Glibc
import HTTP
import Keyframes
import KeyreelCore
import KeyreelTesting
import Media
import SystemPackage
import Testing

@Suite("Stills behind addresses are fetched once, pinned and checked")
struct Fetching {
  let server: LocalTLSServer
  let project: Project
  let bytes: [UInt8]

  init() throws {
    project = try Project()
    server = try LocalTLSServer()
    bytes = try FactsMemory.png(99)
    for name in ["a.png", "flaky"] {
      try FileBytes.write(bytes, to: server.folder.appending(name))
    }
  }

  var fetcher: SourceFetcher {
    let settings = HTTPClient.Settings(
      certificateFile: server.certificateFile, reach: .loopback)
    return SourceFetcher(folder: project.path("sources"), client: HTTPClient(settings))
  }

  func failure(_ path: String, _ digest: Digest? = nil) async -> OperationError? {
    let error = await #expect(throws: OperationError.self) {
      try await fetcher.fetch(url: server.url(path), digest: digest)
    }
    #expect(kept.isEmpty, "nothing doubtful is kept")
    return error
  }

  var kept: [String] {
    guard let stream = opendir(project.path("sources").string) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  @Test("What is pinned is fetched, and then used without the network")
  func pinned() async throws {
    let digest = Digest.of(bytes)
    #expect(try await fetcher.fetch(url: server.url("/a.png"), digest: nil) == digest)
    #expect(kept == [digest.hex])
    #expect(try await fetcher.fetch(url: "https://10.0.0.1/gone.png", digest: digest) == digest)
    let reference = SourceReference.picture(.url(server.url("/a.png"), digest: digest))
    let answers = await project.facts(reference)
    guard case .picture(let fact)? = try answers[0]?.get() else {
      Issue.record("no fact")
      return
    }
    #expect(fact.digest == digest && fact.thumbnail[0] == 99)
    // A copy that was tampered with is noticed by the plan, and replaced by the next fetch.
    chmod(project.path("sources/\(digest.hex)").string, 0o644)
    try FileBytes.write(try FactsMemory.png(1), to: project.path("sources/\(digest.hex)"))
    guard case .failure(let problem)? = await project.facts(reference)[0] else {
      Issue.record("a changed copy is believed")
      return
    }
    #expect(problem.code == "KR0414")
    #expect(try await fetcher.fetch(url: server.url("/a.png"), digest: digest) == digest)
    #expect(try await project.facts(reference)[0]?.get() == .picture(fact))
  }

  @Test("Another file than the pinned one is refused with both digests")
  func mismatch() async throws {
    let error = await failure("/a.png", Digest.of("other"))
    #expect(error?.code == .verificationFailed)
    #expect(error?.message.contains(Digest.of("other").hex) == true)
    #expect(error?.message.contains(Digest.of(bytes).hex) == true)
  }

  @Test("A web page instead of a picture is told as such")
  func page() async throws {
    let error = await failure("/page")
    #expect(error?.code == .wrongKind)
    #expect(error?.message.hasPrefix(server.url("/page")) == true)
    #expect(error?.message.contains("a web page") == true)
  }

  @Test("A server that is busy for a moment is asked again, a missing file is not")
  func busy() async throws {
    #expect(await failure("/none.png")?.code == .notFound)
    #expect(try await fetcher.fetch(url: server.url("/flaky"), digest: nil) == Digest.of(bytes))
  }
}
