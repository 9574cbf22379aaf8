import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("A forged manifest gains nothing")
struct ForgedManifestTests {
  private static let count =
    ProcessInfo.processInfo.environment["KEYREEL_TORTURE"] == nil ? 60 : 2000

  @Test("Any change of a manifest ends with a verdict, never with a crash")
  func changed() async throws {
    let project = try await ProvenFilm.project()
    let manifest = try JSONSerialization.jsonObject(
      with: project.data("out/film.mp4.manifest.json"), options: [])
    let film = try project.data("out/film.mp4")
    try project.write(film, to: "forged/film.mp4")
    var forger = Forger(seed: 11)
    var refused = 0
    for round in 0..<Self.count {
      let forged = forger.change(manifest)
      let bytes = try JSONSerialization.data(
        withJSONObject: forged, options: [.sortedKeys, .fragmentsAllowed])
      try project.write(bytes, to: "forged/film.mp4.manifest.json")
      let told = "round \(round): \(forger.story)"
      let verify = try await project.keyreel("verify", "forged/film.mp4")
      #expect([0, 1, 4, 7].contains(verify.status), "\(told): \(verify)")
      if verify.status != 0 { refused += 1 }
      guard round % 3 == 0 else { continue }
      let rebuild = try await project.keyreel(
        "rebuild", "--offline", "forged/film.mp4", "-o", "forged/again.mp4", "--replace")
      #expect([0, 1, 4, 7].contains(rebuild.status), "\(told): \(rebuild)")
    }
    #expect(refused > Self.count / 3, "\(refused) of \(Self.count)")
  }

  @Test("Paths that lead out of the project are not opened, read or written")
  func paths() async throws {
    let project = try await ProvenFilm.project()
    let outside = try TemporaryProject()
    try outside.write("secret words", to: "secret.wav")
    let secret = outside.folder.appendingPathComponent("secret.wav").path
    let name = "out/film.mp4.manifest.json"
    let text = String(decoding: try project.data(name), as: UTF8.self)
    let up = String(repeating: "../", count: 12) + secret.dropFirst()
    for place in [secret, up, "/dev/zero", "/proc/self/mem"] {
      let forged = text.replacing("\"clip.mp4\"", with: "\"\(place)\"")
        .replacing("\"music.wav\"", with: "\"\(place)\"")
      #expect(forged != text)
      try project.write(forged, to: name)
      for arguments in [["verify", "out/film.mp4"], ["rebuild", "out/film.mp4", "-o", "x.mp4"]] {
        let outcome = try await KeyreelProcess.run(arguments, in: project.folder)
        #expect([1, 4, 7].contains(outcome.status), "\(place): \(outcome)")
        #expect(!outcome.errors.contains("secret words"))
        #expect(outcome.errors.contains("leaves the project's folder"), "\(outcome.errors)")
      }
      #expect(!project.isThere("x.mp4"))
    }
    for place in [secret, up, ".keyreel/format.json", "stills/0.png"] {
      let forged = text.replacing("\"out/poster.png\"", with: "\"\(place)\"")
      try project.write(forged, to: name)
      let outcome = try await project.keyreel("rebuild", "--all", "--replace", "out/film.mp4")
      #expect(outcome.status != 0, "\(place): \(outcome)")
    }
    #expect(try outside.data("secret.wav") == Data("secret words".utf8))
    #expect(try project.data("stills/0.png") == TinyStill.numbered(0))
  }
}

/// Changes a JSON document somewhere: other numbers, other words, missing, doubled and swapped members.
private struct Forger {
  private var dice: SplitMix
  private(set) var story = ""

  init(seed: UInt64) { dice = SplitMix(seed: seed) }

  mutating func change(_ document: Any) -> Any {
    story = ""
    return descend(document, "")
  }

  private mutating func roll(_ count: Int) -> Int {
    Int.random(in: 0..<max(1, count), using: &dice)
  }

  private mutating func descend(_ value: Any, _ path: String) -> Any {
    switch value {
    case var object as [String: Any] where !object.isEmpty && roll(12) != 0:
      let keys = object.keys.sorted()
      let key = keys[roll(keys.count)]
      if roll(10) == 0 {
        story = "\(path).\(key) is missing"
        object[key] = nil
      } else {
        object[key] = descend(object[key] ?? NSNull(), "\(path).\(key)")
      }
      return object
    case var list as [Any] where !list.isEmpty && roll(12) != 0:
      let index = roll(list.count)
      switch roll(8) {
      case 0: list.remove(at: index)
      case 1: list.insert(list[index], at: index)
      case 2: list.swapAt(index, roll(list.count))
      default:
        list[index] = descend(list[index], "\(path)[\(index)]")
        return list
      }
      story = "\(path) has other members"
      return list
    default:
      let other = leaf(value)
      story = "\(path) = \(other)"
      return other
    }
  }

  private mutating func leaf(_ value: Any) -> Any {
    let numbers: [Any] = [
      0, -1, 1, 2, 3, 1000, Int(Int32.max), Int.max, Int.min, 1e300, -1e300, 0.5, 20_000_000,
    ]
    let words: [Any] = [
      "", "x", "../../x", "/dev/zero", "\u{1B}[31m", "1/0", "30", "24000/1001",
      String(repeating: "0", count: 64), String(repeating: "long ", count: 2000),
    ]
    let others: [Any] = [NSNull(), true, [Any](), [String: Any]()]
    if roll(8) == 0 { return others[roll(others.count)] }
    if value is NSNumber, roll(8) != 0 { return numbers[roll(numbers.count)] }
    return roll(8) == 0 ? numbers[roll(numbers.count)] : words[roll(words.count)]
  }
}
