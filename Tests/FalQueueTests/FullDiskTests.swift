#if canImport(Glibc)
  import FalQueue
  import KeyreelCore
  import KeyreelTesting
  import SystemPackage
  import Testing

  @Suite("A full disk refuses and loses nothing", .enabled(if: SmallDisk.isPossible))
  struct FullDiskTests {
    @Test("Jobs are refused while the disk is full, and taken again when it is not")
    func jobs() async throws {
      let disk = try SmallDisk()
      let queue = try await JobQueue.open(disk.path.appending("data"))
      let first = try await queue.submit(.sample())
      try disk.fill()
      let input = #"{"prompt":"\#(String(repeating: "long ", count: 2000))"}"#
      var accepted = [first.id]
      // The journal may have room for a few more.
      for _ in 0..<200 {
        let id = "j\(accepted.count)"
        let found = await code { try await queue.submit(.sample(id, input: input)) }
        if found == nil { accepted.append(id) } else { #expect(found == .diskFull) }
        if found != nil { break }
      }
      #expect(accepted.count < 200)
      #expect(try await queue.queueLength() == accepted.count)
      #expect(try await queue.job(first.id) == first)
      try disk.makeRoom()
      accepted.append(try await queue.submit(.sample()).id)
      #expect(try await queue.integrityProblems() == [])
      #expect(try await queue.queueLength() == accepted.count)
    }

    @Test("Of many clients at once each is told the truth about its own job")
    func clients() async throws {
      let disk = try SmallDisk()
      let queue = try await JobQueue.open(disk.path.appending("data"))
      let input = #"{"prompt":"\#(String(repeating: "long ", count: 2000))"}"#
      let found = await withTaskGroup(of: (String, OperationError.Code?).self) { group in
        for number in 0..<100 {
          group.addTask {
            let id = "j\(number)"
            return (id, await code { try await queue.submit(.sample(id, input: input)) })
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      let told = found.compactMapValues(\.self)
      #expect(!told.isEmpty && told.values.allSatisfy { $0 == .diskFull })
      for number in 0..<100 {
        let id = "j\(number)"
        #expect((try await queue.job(id) == nil) == (told[id] != nil))
      }
    }

    @Test("A file that does not fit leaves nothing")
    func files() async throws {
      let disk = try SmallDisk()
      let queue = try await JobQueue.open(disk.path.appending("data"))
      let label = FileLabel(name: "f", contentType: nil, owner: "ann")
      let draft = try await queue.newFile(label, limit: .max)
      let found = await code {
        for _ in 0..<20 { try await draft.append([UInt8](repeating: 1, count: 50_000)) }
      }
      #expect(found == .diskFull)
      #expect(await code { try await draft.finish() } == .interrupted)
      #expect(TestFile.names(in: disk.path.appending("data/drafts")) == [])
      let small = try await queue.newFile(label, limit: 10)
      try await small.append([1])
      #expect(try await small.finish().size == 1)
    }
  }
#endif
