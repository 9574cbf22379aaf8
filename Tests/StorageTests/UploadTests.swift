import Foundation
import KeyreelCore
import KeyreelTesting
import Storage
import Synchronization
import SystemPackage
import Testing

@Suite("Uploads are remembered while they live")
struct UploadTests {
  let scratch: ScratchFolder
  let store: DirectoryStore
  let picture = Digest.of("picture")

  init() throws {
    scratch = try ScratchFolder(in: ScratchFolder.memory)
    store = try DirectoryStore(at: scratch.path.appending("store"))
  }

  var folder: FilePath { scratch.path.appending("store").appending("uploads") }

  func memory(daysLater days: Double = 0) -> StoredUploads {
    StoredUploads(store, now: { Date(timeIntervalSince1970: 1_800_000_000 + days * 86_400) })
  }

  @Test("Other runs find them, other origins and other pictures do not")
  func found() throws {
    memory().remember("https://m/1.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    #expect(memory(daysLater: 6).address(of: picture, at: "a") == "https://m/1.png")
    #expect(memory().address(of: picture, at: "b") == nil)
    #expect(memory().address(of: Digest.of("other"), at: "a") == nil)
    let other = StoredUploads(
      try DirectoryStore(at: store.folder), now: { Date(timeIntervalSince1970: 1_800_000_000) })
    #expect(other.address(of: picture, at: "a") == "https://m/1.png")
    memory().remember("https://m/2.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    #expect(memory().address(of: picture, at: "a") == "https://m/2.png")
  }

  @Test("What is about to end, or has ended, is not used and is swept away")
  func expired() throws {
    memory().remember("https://m/1.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    #expect(memory(daysLater: 6.6).address(of: picture, at: "a") == nil)
    #expect(memory(daysLater: -400).address(of: picture, at: "a") == nil)
    memory().remember("x", of: Digest.of("short"), at: "a", lifetime: .seconds(60))
    #expect(TestFile.names(in: folder).count == 1)
    memory(daysLater: 30).remember(
      "https://m/3.png", of: Digest.of("new"), at: "a", lifetime: .seconds(86_400))
    #expect(TestFile.names(in: folder).count == 1)
  }

  @Test("Damaged files count as not there, whatever is in them")
  func damaged() throws {
    memory().remember("https://m/1.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    let path = folder.appending(try #require(TestFile.names(in: folder).first))
    let whole = try TestFile.read(path)
    for bytes in [[], Array(whole.dropLast()), Array("{}".utf8), [0xFF, 0xFE], Array("null".utf8)] {
      try TestFile.write(bytes, to: path)
      #expect(memory().address(of: picture, at: "a") == nil)
    }
    // A sound file under another picture's name.
    memory().remember(
      "https://m/2.png", of: Digest.of("other"), at: "a", lifetime: .seconds(7 * 86_400))
    let other = try #require(
      TestFile.names(in: folder).map { folder.appending($0) }.first { $0 != path })
    try TestFile.write(try TestFile.read(other), to: path)
    #expect(memory().address(of: picture, at: "a") == nil)
    #expect(memory().address(of: Digest.of("other"), at: "a") == "https://m/2.png")
  }

  @Test("A store that cannot be written forgets, and fails nobody")
  func unwritable() throws {
    memory().remember("https://m/1.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    try TestFile.remove(folder.appending(try #require(TestFile.names(in: folder).first)))
    #expect(rmdir(folder.string) == 0)
    try TestFile.write("in the way", to: folder)
    memory().remember("https://m/1.png", of: picture, at: "a", lifetime: .seconds(7 * 86_400))
    #expect(memory().address(of: picture, at: "a") == nil)
  }

  @Test("Many writers at once leave whole files")
  func writers() async throws {
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<64 {
        group.addTask {
          memory().remember(
            "https://m/\(number).png", of: Digest.of("\(number % 8)"), at: "a",
            lifetime: .seconds(7 * 86_400))
        }
      }
    }
    #expect(TestFile.names(in: folder).count == 8)
    for number in 0..<8 {
      #expect(
        memory().address(of: Digest.of("\(number)"), at: "a")?.hasPrefix("https://m/") == true)
    }
  }
}
