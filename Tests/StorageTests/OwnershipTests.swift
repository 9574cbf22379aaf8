import Glibc
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Claims between processes")
struct OwnershipTests {
  @Test("An owner that is killed lets its claim go at once, and its record stays")
  func killed() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.appending("store").string
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let store = try DirectoryStore(at: FilePath(folder))
      let claim = try await store.claim(SamplePlans.recipe(1), waits: false)
      try claim.begin(input: "{}", reserved: .free)
      _ = try store.stage(ending: "mp4")
      kill(getpid(), SIGKILL)
    }
    let store = try DirectoryStore(at: FilePath(folder))
    let claim = try await store.claim(SamplePlans.recipe(1), waits: false)
    #expect(try claim.state == .unknown(attempt: 1))
    claim.release()
  }

  @Test("A live owner in another process is told as busy, and waited for")
  func alive() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.string
    async let child: Void = holdClaim(folder)
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    while !TestFile.exists(scratch.path.appending("held")) {
      try await Task.sleep(for: .milliseconds(5))
    }
    let error = await failure {
      _ = try await store.claim(SamplePlans.recipe(1), waits: false)
    }
    #expect(error?.code == .busy)
    try TestFile.write("", to: scratch.path.appending("go"))
    let claim = try await store.claim(SamplePlans.recipe(1), waits: true)
    #expect(try claim.state == .unknown(attempt: 1))
    claim.release()
    await child
  }

  /// A process that holds a claim until the file `go` appears, and is then killed.
  private func holdClaim(_ folder: String) async {
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let store = try DirectoryStore(at: FilePath(folder).appending("store"))
      let claim = try await store.claim(SamplePlans.recipe(1), waits: false)
      try claim.begin(input: "{}", reserved: .free)
      try TestFile.write("", to: FilePath(folder).appending("held"))
      while !TestFile.exists(FilePath(folder).appending("go")) {
        try await Task.sleep(for: .milliseconds(5))
      }
      kill(getpid(), SIGKILL)
    }
  }

  @Test("Four processes that race through one empty store make each clip once")
  func race() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.string
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<4 { group.addTask { await racer(folder, number) } }
    }
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    #expect(try store.entries().count == 25)
    #expect(try store.verify() == [])
    var made = 0
    for number in 0..<4 {
      made += try TestFile.read(scratch.path.appending("made-\(number)")).count
    }
    #expect(made == 25)
  }

  private func racer(_ folder: String, _ number: Int) async {
    await #expect(processExitsWith: .success) {
      [folder = folder as String, number = number as Int] in
      let store = try DirectoryStore(at: FilePath(folder).appending("store"))
      var made: [UInt8] = []
      for clip in 0..<25 {
        let recipe = SamplePlans.recipe((clip + number * 6) % 25)
        let claim = try await store.claim(recipe, waits: true)
        defer { claim.release() }
        if case .committed = try claim.state { continue }
        try claim.begin(input: "{}", reserved: .free)
        try claim.accept(StoreConformance.ticket(1, of: recipe))
        let (file, receipt) = try stagedClip(of: recipe, in: store)
        try claim.commit(file, receipt: receipt)
        made.append(1)
      }
      try TestFile.write(made, to: FilePath(folder).appending("made-\(number)"))
    }
  }

  @Test("Drafts of a killed process are swept by the next one, those of a live one stay")
  func staging() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.appending("store")
    let path = folder.string
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try DirectoryStore(at: FilePath(path))
      try TestFile.write("half a clip", to: try store.stage(ending: "mp4"))
      kill(getpid(), SIGKILL)
    }
    let rooms = { TestFile.names(in: folder.appending("staging")).filter { $0 != "lock" } }
    #expect(rooms().count == 1)
    let store = try DirectoryStore(at: folder)
    let draft = try store.stage(ending: "mp4")
    try TestFile.write("half a clip", to: draft)
    #expect(rooms().count == 1)
    let other = try DirectoryStore(at: folder)
    _ = try other.stage(ending: "mp4")
    #expect(rooms().count == 2)
    #expect(TestFile.exists(draft))
  }

  @Test("Who had nothing to write sweeps a killed process's drafts too, at its end")
  func nothingToWrite() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.appending("store")
    let path = folder.string
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try DirectoryStore(at: FilePath(path))
      // Killed while it left: its files were gone, its room was not.
      try TestFile.remove(
        FilePath(try store.stage(ending: "mp4").string).removingLastComponent().appending("owner"))
      kill(getpid(), SIGKILL)
    }
    let store = try DirectoryStore(at: folder)
    store.close()
    #expect(TestFile.names(in: folder.appending("staging")) == ["lock"])
    let absent = try DirectoryStore(at: scratch.path.appending("none"))
    absent.close()
    #expect(!TestFile.exists(absent.folder))
  }

  @Test("A claim let go is free at once, though a process that is being started has its file still")
  func startingProcess() async throws {
    let scratch = try ScratchFolder()
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    let claim = try await store.claim(SamplePlans.recipe(1), waits: false)
    let copies = try openFiles(named: "lease", below: scratch.path).map { try $0.duplicate() }
    defer { for copy in copies { try? copy.close() } }
    try #require(copies.count == 1)
    claim.release()
    let next = try await store.claim(SamplePlans.recipe(1), waits: false)
    next.release()
  }

  /// The open files of this process that have `name` and are somewhere in `folder`.
  private func openFiles(named name: String, below folder: FilePath) -> [FileDescriptor] {
    TestFile.names(in: "/proc/self/fd").compactMap { number in
      var text = [CChar](repeating: 0, count: Int(PATH_MAX))
      guard let file = Int32(number), readlink("/proc/self/fd/\(number)", &text, text.count) > 0
      else { return nil }
      let path = FilePath(platformString: text)
      return path.starts(with: folder) && path.lastComponent?.string == name
        ? FileDescriptor(rawValue: file) : nil
    }
  }
}
