import KeyreelCore
import SystemPackage

extension StoreConformance {
  static let filmLaws: [Law] = [
    Law("A published film is whole at its place, remembered, and replaces the one before") { open in
      let folder = try ScratchFolder()
      let output = folder.path.appending("films/deep/lake.mp4")
      for text in ["first film", "second film"] {
        let store = try open()
        let staged = try store.stage(ending: "mp4")
        try TestFile.write(text, to: staged)
        let receipt = try store.publish(
          staged, of: Digest.of("assembly of \(text)"), frames: 3, to: output)
        try promise(receipt.digest == Digest.of(text), "the receipt names the film's bytes")
        try promise(receipt.byteCount == text.utf8.count, "the receipt counts the film's bytes")
        try promise(try TestFile.read(output) == Array(text.utf8), "the film is at its place")
        try promise(!TestFile.exists(staged), "the staged file is gone")
        try promise(try open().film(for: receipt.assembly) == receipt, "the film is remembered")
      }
      let names = TestFile.names(in: output.removingLastComponent())
      try promise(names == ["lake.mp4"], "nothing else is left beside it: \(names)")
    }
  ]
}
