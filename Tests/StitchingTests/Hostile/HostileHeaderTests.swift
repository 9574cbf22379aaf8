import Foundation
import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("What a header claims is not believed before there is reason to")
struct HostileHeaderTests {
  private func refusal(_ bytes: [UInt8]) throws -> OperationError {
    let scratch = try Scratch()
    let path = scratch.path("claims.mp4")
    try FileBytes.write(bytes, to: path)
    var found: OperationError?
    for way in [{ _ = try PacketScan(path) }, { _ = try MediaProbe.video(path) }] {
      let error = #expect(throws: OperationError.self) { try way() }
      #expect(error?.message.contains("claims.mp4") == true, "\(error?.message ?? "")")
      found = error ?? found
    }
    return try #require(found)
  }

  private func clip() throws -> [UInt8] {
    let scratch = try Scratch()
    let path = scratch.path("clip.mp4")
    try MarkedClip.write(path, clip: 1, frames: 6)
    return try FileBytes.read(path, name: "clip")
  }

  @Test(
    "More pictures than bytes are refused before room is made for them",
    arguments: ["stsz", "stts", "ctts", "stsc", "stco", "stss"])
  func tables(name: String) throws {
    var tree = BoxTree(try clip())
    let path = try #require(tree.paths.first { ["stsz", name].contains(tree.box(at: $0).name) })
    tree.change(around: path) { boxes, index in
      let count = BoxTree.big(0x0800_0000)
      boxes[index].type = Array(name.utf8)
      boxes[index].head =
        name == "stsz" ? [0, 0, 0, 0, 0, 0, 0, 1] + count : [0, 0, 0, 0] + count
    }
    #expect(try refusal(tree.bytes).message.contains("134217728 entries"))
  }

  @Test("A fragment of a hundred million pictures without any size is refused")
  func fragment() throws {
    func box(_ name: String, _ inside: [UInt8]) -> [UInt8] {
      BoxTree.Box(type: Array(name.utf8), head: inside).bytes
    }
    let run = box("trun", [0, 0, 0, 1] + BoxTree.big(100_000_000) + BoxTree.big(0))
    let head = box("tfhd", [0, 0, 0, 0] + BoxTree.big(1))
    let bytes = try clip() + box("moof", box("traf", head + run))
    #expect(try refusal(bytes).message.contains("100000000 entries"))
  }

  @Test("A compressed header is refused, whatever it would unfold to")
  func compressed() throws {
    let zeros = [UInt8](repeating: 0, count: 40)
    let header = BoxTree.Box(type: Array("cmov".utf8), head: zeros)
    let bytes =
      BoxTree.Box(type: Array("moov".utf8), head: [], boxes: [header]).bytes + zeros
    #expect(try refusal(bytes).code == .unsupported)
  }

  @Test("Lists of files open nothing of what they name")
  func lists() throws {
    let scratch = try Scratch()
    let secret = scratch.path("secret.mp4")
    try MarkedClip.write(secret, clip: 1, frames: 6)
    for text in [
      "ffconcat version 1.0\nfile \(secret)\n",
      "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\(secret)\n#EXT-X-ENDLIST\n",
    ] {
      let path = scratch.path("list.mp4")
      try FileBytes.write(Array(text.utf8), to: path)
      let error = #expect(throws: OperationError.self) { try PacketScan(path) }
      #expect(error?.message.contains("list.mp4") == true, "\(error?.message ?? "")")
      #expect([.unsupported, .corrupt].contains(error?.code), "\(error?.message ?? "")")
    }
  }
}
