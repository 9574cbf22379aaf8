import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// A project whose film has everything: clips, footage, a still, a hold, a crossfade, sounds, other outputs.
enum ProvenFilm {
  static let outputs = [
    "out/film.mov", "out/film-hevc.mp4", "out/film.webm", "out/frames", "out/poster.png",
    "out/small.gif", "out/small.webp", "out/sheet.jpg",
  ]

  static func project(metadata: String = "minimal") async throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try OtherProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=30:duration=0.8", "-f",
        "lavfi", "-i", "sine=frequency=440:duration=0.8", "-pix_fmt", "yuv420p", "-bf", "2",
        "clip.mp4", "-map", "1", "-ar", "48000", "music.wav",
      ], in: project.folder)
    let others = outputs.map { path in
      switch path {
      case "out/frames": "    - {file: \(path), kind: frames}"
      case "out/film-hevc.mp4": "    - {file: \(path), codec: hevc}"
      case "out/sheet.jpg": "    - {file: \(path), kind: sheet}"
      default: "    - {file: \(path)}"
      }
    }
    try project.write(
      """
      keyreel: 1
      prompt: bands
      defaults: {model: test/tiny, frames: 24}
      sequences:
        - name: one
          keyframes: [stills/0.png, {image: stills/1.png, hold: 4}, stills/2.png]
        - name: two
          keyframes: [stills/2.png, stills/0.png]
          join: {crossfade: 6}
          sound: music.wav
        - name: cut
          clip: clip.mp4
          in: 2
          out: 20
        - name: card
          keyframes: [{image: stills/1.png, hold: 9}]
      film:
        joins: {mend: auto}
        metadata: \(metadata)
        audio: {file: music.wav, loop: true}
        outputs:
          - {file: out/film.mp4}
      \(others.joined(separator: "\n"))

      """, to: "film.yaml")
    try await project.make("film.yaml")
    return project
  }
}

extension TemporaryProject {
  func data(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
  }

  func isThere(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// The bytes of a file, or of all files in a folder.
  func allBytes(_ name: String) throws -> [Data] {
    let path = folder.appendingPathComponent(name).path
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return [try data(name)]
    }
    return try names.sorted().map { try data("\(name)/\($0)") }
  }

  /// The films' clips in the store.
  var clips: [URL] {
    let objects = folder.appendingPathComponent(".keyreel/objects")
    let found = FileManager.default.enumerator(at: objects, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "mp4" }
  }

  /// Changes one byte of a file, its middle one unless told otherwise, whatever its rights.
  func damage(_ file: URL, at place: Int? = nil) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    var bytes = try Data(contentsOf: file)
    bytes[place ?? bytes.count / 2] ^= 0x5A
    try bytes.write(to: file)
  }

  /// A film frame that is a copy of a clip's, and where the middle of its packet stands in the file.
  func copiedFrame(_ film: String) throws -> (frame: Int, place: Int) {
    struct Manifest: Decodable {
      struct Stretch: Decodable { var start, count: Int }
      var encoded: [Stretch]
      var frames: Int
    }
    let manifest = try JSONDecoder().decode(Manifest.self, from: data(film + ".manifest.json"))
    let packets = String(
      decoding: try OtherProgram.run(
        "ffprobe",
        [
          "-v", "error", "-select_streams", "v", "-show_entries", "packet=pos,size", "-of",
          "csv=p=0", film,
        ], in: folder), as: UTF8.self
    ).split(separator: "\n").map { $0.split(separator: ",").compactMap { Int($0) } }
    let copied = (0..<manifest.frames).filter { frame in
      !manifest.encoded.contains { ($0.start..<$0.start + $0.count).contains(frame) }
    }
    // Not at an edge: packets stand in the order in which they are decoded.
    let frame = try #require(
      copied.first { frame in (frame - 3...frame + 3).allSatisfy(copied.contains) })
    return (frame, packets[frame].sorted().last.map { $0 + (packets[frame].min() ?? 0) / 2 } ?? 0)
  }
}

@Suite("A film proves itself, and its manifest makes it again")
struct ProofTests {
  @Test("Every output is verified, and rebuilt from the store with the same bytes")
  func rebuilt() async throws {
    let project = try await ProvenFilm.project()
    let verify = try await project.keyreel("verify", "out/film.mp4", "--format", "json")
    #expect(verify.status == 0, "\(verify)")
    #expect(!verify.output.contains("\"gone\""), "\(verify.output)")
    #expect(verify.output.components(separatedBy: "\"same\"").count == 9, "\(verify.output)")
    let proofs = [Data(verify.output.utf8)]
    #expect(try SchemaCheck.complaints(of: proofs, against: "verify.schema.json").joined() == "")
    let manifests = [try project.data("out/film.mp4.manifest.json")]
    #expect(
      try SchemaCheck.complaints(of: manifests, against: "manifest.schema.json").joined() == "")
    for output in ProvenFilm.outputs.filter({ $0 != "out/frames" }) {
      let alone = try await project.keyreel("verify", output)
      #expect(alone.status == 0, "\(output): \(alone)")
    }

    let all = ["out/film.mp4"] + ProvenFilm.outputs
    let before = try all.map { try project.allBytes($0) }
    for output in all { try project.remove(output) }
    // Nobody needs the pipeline or the model for it.
    for name in ["film.yaml", "models/tiny.json"] { try project.remove(name) }
    let rebuild = try await project.keyreel("rebuild", "--offline", "--all", "out/film.mp4")
    #expect(rebuild.status == 0, "\(rebuild)")
    for (output, bytes) in zip(all, before) {
      #expect(try project.allBytes(output) == bytes, "\(output)")
    }
    #expect([try project.data("out/film.mp4.manifest.json")] == manifests)
    let again = try await project.keyreel("rebuild", "out/film.mp4.manifest.json")
    #expect(again.status == 0 && again.output.contains("is there with every byte"), "\(again)")
  }

  @Test("Clips that are gone or damaged are named; nothing is written")
  func goneClips() async throws {
    let project = try await ProvenFilm.project()
    try project.remove("out/film.mp4")
    let clip = try #require(project.clips.first)
    let bytes = try Data(contentsOf: clip)
    try project.damage(clip)
    let damaged = try await project.keyreel("rebuild", "out/film.mp4")
    #expect(damaged.status == 7 && damaged.errors.contains("the clip of "), "\(damaged)")
    try FileManager.default.removeItem(at: clip)
    let gone = try await project.keyreel("rebuild", "--offline", "out/film.mp4")
    #expect(gone.status == 4, "\(gone)")
    #expect(
      ["one/0-1", "one/1-2", "two/2-0"].contains { gone.errors.contains($0) }, "\(gone.errors)")
    #expect(!project.isThere("out/film.mp4"))
    try bytes.write(to: clip)
    #expect(try await project.keyreel("rebuild", "out/film.mp4").status == 0)
    try FileManager.default.removeItem(at: clip)
    let verify = try await project.keyreel("verify", "out/film.mp4")
    #expect(verify.status == 4 && verify.errors.contains("is not in the store"), "\(verify)")
    #expect(try await project.keyreel("verify", "--no-clips", "out/film.mp4").status == 0)
    try project.remove("music.wav")
    let silent = try await project.keyreel("rebuild", "out/film.mp4", "-o", "other.mp4")
    #expect(silent.status == 4, "\(silent)")
  }

  @Test("A film whose run was killed before its manifest was written gets it by the next run")
  func killedBeforeManifest() async throws {
    let project = try await ProvenFilm.project()
    let sidecar = "out/film.mp4.manifest.json"
    let (film, manifest) = (try project.data("out/film.mp4"), try project.data(sidecar))
    try project.remove(sidecar)
    let films = project.folder.appendingPathComponent(".keyreel/films")
    let kept =
      (FileManager.default.enumerator(at: films, includingPropertiesForKeys: nil) ?? .init())
      .compactMap { $0 as? URL }.filter { $0.path.hasSuffix(".manifest.json") }
    #expect(kept.count == 1)
    for file in kept { try FileManager.default.removeItem(at: file) }
    try await project.make("film.yaml")
    #expect(try project.data("out/film.mp4") == film)
    #expect(try project.data(sidecar) == manifest)
  }

  @Test("Libraries of another build are named, and that bytes may differ")
  func otherBuild() async throws {
    let project = try await ProvenFilm.project()
    let name = "out/film.mp4.manifest.json"
    let text = String(decoding: try project.data(name), as: UTF8.self)
    let other = text.replacing(/"encoder" : ".*"/, with: "\"encoder\" : \"x264 1 r1, FFmpeg 1\"")
    #expect(other != text)
    try project.write(other, to: name)
    let same = try await project.keyreel("rebuild", "out/film.mp4", "-o", "again.mp4")
    #expect(same.status == 0, "\(same)")
    #expect(same.errors.contains("x264 1 r1, FFmpeg 1, this machine has x264"), "\(same)")
    #expect(same.errors.contains("may differ"), "\(same)")
    let film = try project.data("out/film.mp4")
    #expect(try project.data("again.mp4") == film)
    let digest = try #require(text.firstMatch(of: /"digest" : "([0-9a-f]+)",\n  "edit"/)).output.1
    try project.write(
      other.replacing(digest, with: String(repeating: "0", count: 64)), to: name)
    let differs = try await project.keyreel("rebuild", "out/film.mp4", "-o", "third.mp4")
    #expect(differs.status == 7, "\(differs)")
    #expect(differs.errors.contains("its bytes are not those of its manifest"), "\(differs)")
    #expect(try project.data("third.mp4") == film)
    let verify = try await project.keyreel("verify", "out/film.mp4")
    #expect(verify.status == 7 && verify.errors.contains("its bytes are others"), "\(verify)")
  }

  @Test("Another file is never replaced unasked, nor a file of which the film is made")
  func otherFiles() async throws {
    let project = try await ProvenFilm.project()
    let film = try project.data("out/film.mp4")
    try project.write("mine", to: "out/film.mp4")
    let refused = try await project.keyreel("rebuild", "out/film.mp4")
    #expect(refused.status == 64 && refused.errors.contains("--replace"), "\(refused)")
    #expect(try project.data("out/film.mp4") == Data("mine".utf8))
    for place in ["clip.mp4", "music.wav", "stills/1.png", ".keyreel/x.mp4"] {
      let result = try await project.keyreel("rebuild", "out/film.mp4", "--replace", "-o", place)
      #expect(result.status == 64, "\(place): \(result)")
    }
    #expect(try await project.keyreel("rebuild", "--replace", "out/film.mp4").status == 0)
    #expect(try project.data("out/film.mp4") == film)
  }

  @Test("Damage is told with the frame and the piece, in film and clip")
  func damage() async throws {
    let project = try await ProvenFilm.project()
    let film = project.folder.appendingPathComponent("out/film.mp4")
    let copy = try project.copiedFrame("out/film.mp4")
    try project.damage(film, at: copy.place)
    let verify = try await project.keyreel("verify", "out/film.mp4")
    #expect(verify.status == 7, "\(verify)")
    #expect(verify.errors.contains("its bytes are others"), "\(verify)")
    #expect(verify.errors.contains("is not the clip's, bit for bit"), "\(verify)")
    #expect(verify.errors.contains(/frame \d+ \((one\/|two\/|cut|card)/), "\(verify)")
    let printed = try await project.keyreel("verify", "out/film.mp4", "--format", "json")
    #expect(
      try SchemaCheck.complaints(of: [Data(printed.output.utf8)], against: "verify.schema.json")
        .joined() == "")
    try project.damage(film, at: copy.place)
    try project.damage(try #require(project.clips.first))
    let clip = try await project.keyreel("verify", "out/film.mp4")
    #expect(clip.status == 7 && clip.errors.contains("the clip of "), "\(clip)")
    #expect(!clip.errors.contains("out/film.mp4"), "\(clip)")
  }

  @Test("What has no manifest is told in one message, whatever it is")
  func foreign() async throws {
    let project = try await ProvenFilm.project()
    try project.write("no film at all", to: "text.mp4")
    try project.write(Data(), to: "empty.mp4")
    for name in ["clip.mp4", "text.mp4", "empty.mp4", "music.wav", "none.mp4", "out"] {
      let verify = try await project.keyreel("verify", name)
      #expect(verify.status == 1, "\(name): \(verify)")
      #expect(verify.errors.components(separatedBy: "error: ").count == 2, "\(verify.errors)")
      #expect(verify.errors.contains(name), "\(verify.errors)")
      let rebuild = try await project.keyreel("rebuild", name)
      #expect(rebuild.status == 1, "\(name): \(rebuild)")
    }
    try project.write("{}", to: "clip.mp4.manifest.json")
    let empty = try await project.keyreel("verify", "clip.mp4")
    #expect(empty.status == 1 && empty.errors.contains("manifest"), "\(empty)")
  }

  @Test("A film without its manifest is known by its bytes, or carries its manifest itself")
  func lostManifest() async throws {
    let plain = try await ProvenFilm.project()
    try plain.remove("out/film.mp4.manifest.json")
    let known = try await plain.keyreel("verify", "out/film.mp4")
    #expect(known.status == 0, "\(known)")

    let full = try await ProvenFilm.project(metadata: "full")
    #expect(try await full.keyreel("verify", "out/film.mp4").status == 0)
    let film = try full.data("out/film.mp4")
    let tail = String(decoding: film.suffix(400_000), as: UTF8.self)
    #expect(tail.contains("\"assembly\""))
    try full.remove("out/film.mp4.manifest.json")
    try full.write(film, to: "alone/handed on.mp4")
    let alone = try await full.keyreel("verify", "alone/handed on.mp4", "--full")
    #expect(alone.status == 0, "\(alone)")
    let again = try await full.keyreel("rebuild", "alone/handed on.mp4", "-o", "again.mp4")
    #expect(again.status == 0, "\(again)")
    #expect(try full.data("again.mp4") == film)
    // Players pass over the record.
    try OtherProgram.run(
      "ffmpeg", ["-v", "error", "-xerror", "-i", "again.mp4", "-f", "null", "-"], in: full.folder)
    try full.damage(full.folder.appendingPathComponent("alone/handed on.mp4"))
    let damaged = try await full.keyreel("verify", "alone/handed on.mp4")
    #expect(damaged.status == 7, "\(damaged)")
  }
}
