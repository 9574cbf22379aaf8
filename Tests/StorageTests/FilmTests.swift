import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Published films")
struct FilmTests {
  let scratch: ScratchFolder
  let store: DirectoryStore
  let assembly = Digest.of("assembly")

  init() throws {
    scratch = try ScratchFolder()
    store = try DirectoryStore(at: scratch.path.appending("store"))
  }

  var output: FilePath { scratch.path.appending("films/lake.mp4") }

  private func publish(_ text: String = "the film") throws -> FilmReceipt {
    let staged = try store.stage(ending: "mp4")
    try TestFile.write(text, to: staged)
    return try store.publish(staged, of: assembly, frames: 3, to: output)
  }

  @Test("An unchanged film needs no stitching")
  func unchanged() throws {
    #expect(try store.republish(assembly, to: output) == nil)
    let receipt = try publish()
    #expect(try store.republish(assembly, to: output) == receipt)
  }

  @Test("A film that was moved or touched is recognised by its bytes")
  func touched() throws {
    let receipt = try publish()
    try TestFile.write("the film", to: output)
    #expect(try store.republish(assembly, to: output) == receipt)
    let moved = scratch.path.appending("moved.mp4")
    try TestFile.move(output, to: moved)
    #expect(try store.republish(assembly, to: moved) == receipt)
  }

  @Test("An output under another name is a copy, not another stitching")
  func renamed() throws {
    let receipt = try publish()
    let other = scratch.path.appending("films/more/lake.mp4")
    #expect(try store.republish(assembly, to: other) == receipt)
    #expect(try TestFile.read(other) == Array("the film".utf8))
    #expect(TestFile.names(in: other.removingLastComponent()) == ["lake.mp4"])
  }

  @Test("What was learned by reading a touched film is remembered")
  func remembered() throws {
    _ = try publish()
    try TestFile.write("the film", to: output)
    let hex = assembly.hex
    let record = store.folder.appending("films/\(hex.prefix(2))/\(hex).json")
    let before = try TestFile.read(record)
    _ = try store.republish(assembly, to: output)
    let after = try TestFile.read(record)
    #expect(after != before)
    _ = try store.republish(assembly, to: output)
    #expect(try TestFile.read(record) == after)
  }

  @Test("Drafts that a killed copy left beside a film go with the next one; others stay")
  func leftovers() throws {
    _ = try publish()
    let folder = output.removingLastComponent()
    for name in [".lake.mp4.1f2e", ".lake.mp4.notes", ".other.mp4.1f2e"] {
      try TestFile.write("left", to: folder.appending(name))
    }
    _ = try publish("another film")
    #expect(
      TestFile.names(in: folder).sorted() == [".lake.mp4.notes", ".other.mp4.1f2e", "lake.mp4"])
  }

  @Test("A film that was edited, cut off or deleted has to be stitched", arguments: [0, 1, 2])
  func changed(_ way: Int) throws {
    _ = try publish()
    switch way {
    case 0: try TestFile.write("the f1lm", to: output)
    case 1: try TestFile.write("the", to: output)
    default: try TestFile.remove(output)
    }
    #expect(try store.republish(assembly, to: output) == nil)
  }
}
