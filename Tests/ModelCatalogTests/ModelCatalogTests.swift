import Foundation
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import ModelCatalog

/// The checkout, with its `schemas`.
private let repository = URL(filePath: Checkout.root.string)

@Suite struct ModelCatalogTests {
  @Test("The program knows two models without any file")
  func builtInModels() throws {
    let catalog = try ModelCatalog.builtIn()
    #expect(catalog.profiles.map(\.id) == ["fal-ai/framepack/flf2v", "fal-ai/wan-flf2v"])
    #expect(catalog.profile("fal-ai/wan-flf2v")?.pictures.first == "start_image_url")
    #expect(catalog.profile("nobody/nothing") == nil)
  }

  @Test("FramePack is described as its provider documents it")
  func framePack() throws {
    let profile = try #require(try ModelCatalog.builtIn().profile("fal-ai/framepack/flf2v"))
    let defaults = profile.parameters.map { "\($0.name)=\($0.defaultValue?.description ?? "-")" }
    #expect(
      defaults == [
        "prompt=-", "negative_prompt=", "seed=-", "aspect_ratio=16:9", "resolution=480p",
        "cfg_scale=1", "guidance_scale=10", "num_frames=240", "enable_safety_checker=false",
        "strength=0.8",
      ])
    #expect(profile.parameter("prompt")?.maximumLength == 500)
    #expect(profile.length.grid?.worst(asked: 240) == 289)
    #expect(profile.price.amount == Money(decimal: "0.0333"))
    let request = ModelRequest([
      .init("resolution", .string("720p")), .init("aspect_ratio", .string("9:16")),
    ])
    #expect(profile.canvas(for: request) == PixelSize(width: 720, height: 1280))
  }

  @Test("The files in schemas/models are what the program carries, and fit the schema")
  func filesAndProgramAgree() throws {
    let folder = repository.appending(path: "schemas/models")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let texts = try files.map { try Data(contentsOf: folder.appending(path: $0)) }
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      let source = BuiltInSource.swift(
        zip(files, texts).map { ($0, String(decoding: $1, as: UTF8.self)) })
      try Data(source.utf8).write(
        to: repository.appending(path: "Sources/ModelCatalog/BuiltInProfiles.swift"))
    }
    #expect(
      BuiltInProfiles.all.map(\.name) == files
        && BuiltInProfiles.all.map { Data($0.text.utf8) } == texts,
      "run the tests with KEYREEL_RECORD=1 to carry the files over, then run them again")
    #expect(try SchemaCheck.complaints(of: texts, against: "model.schema.json").joined() == "")
  }

  @Test("A user's file adds a model, and one in a later folder wins")
  func userFolders() throws {
    let folders = try TemporaryFolders(2)
    defer { folders.remove() }
    let own = try edited { $0["id"] = "me/mine" }
    try folders.write(own, "mine.json", in: 0)
    try folders.write(
      try edited {
        $0["id"] = "me/mine"; $0["title"] = "later"
      }, "a.json", in: 1)
    try folders.write(Data("notes".utf8), "README.md", in: 1)
    let catalog = try ModelCatalog.load(folders: folders.paths + [FilePath("/nowhere/at/all")])
    #expect(catalog.profiles.count == 3)
    #expect(catalog.profile("me/mine")?.title == "later")
  }

  @Test(
    "A broken file is named together with the field",
    arguments: [
      (Breakage("no JSON") { _ in nil }, "it is not JSON"),
      (
        Breakage("no id") {
          $0["id"] = nil; return $0
        }, "`id` is missing"
      ),
      (
        Breakage("number as title") {
          $0["title"] = 3; return $0
        }, "`title` must be a text"
      ),
      (
        Breakage("bad type") { profile in
          var parameters = profile["parameters"] as? [[String: Any]] ?? []
          parameters[2]["type"] = "float"
          profile["parameters"] = parameters
          return profile
        }, "`parameters[2].type` is wrong"
      ),
      (
        Breakage("option") { profile in
          var parameters = profile["parameters"] as? [[String: Any]] ?? []
          parameters[4]["default"] = "8k"
          profile["parameters"] = parameters
          return profile
        }, "`parameters.resolution.default` is none of its options"
      ),
      (
        Breakage("no canvas") {
          $0["canvases"] = [Any](); return $0
        }, "`canvases` is empty"
      ),
      (
        Breakage("length") { profile in
          profile["length"] = ["parameter": "prompt", "frame_rate": "30"]
          return profile
        }, "`length.parameter` must name an integer parameter"
      ),
      (
        Breakage("price as number") { profile in
          var price = profile["price"] as? [String: Any] ?? [:]
          price["amount"] = 0.0333
          profile["price"] = price
          return profile
        }, "`price.amount` must be a text"
      ),
    ])
  func brokenFiles(breakage: Breakage, complaint: String) throws {
    let folders = try TemporaryFolders(1)
    defer { folders.remove() }
    try folders.write(try breakage.data(), "broken.json", in: 0)
    let error = try #require(throws: OperationError.self) {
      try ModelCatalog.load(folders: folders.paths)
    }
    #expect(error.message.contains("broken.json"))
    #expect(error.message.contains(complaint), "\(error.message)")
    #expect(error.remedy != nil)
  }

  @Test("A model whose price nobody knows can be described")
  func unknownPrice() throws {
    let folders = try TemporaryFolders(1)
    defer { folders.remove() }
    let data = try edited { profile in
      var price = profile["price"] as? [String: Any] ?? [:]
      price["amount"] = NSNull()
      profile["price"] = price
    }
    try folders.write(data, "free.json", in: 0)
    let catalog = try ModelCatalog.load(folders: folders.paths)
    #expect(catalog.profile("fal-ai/framepack/flf2v")?.price.amount == nil)
    #expect(try SchemaCheck.complaints(of: [data], against: "model.schema.json").joined() == "")
  }
}

/// One way to spoil the FramePack profile.
struct Breakage: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let change: @Sendable (inout [String: Any]) -> [String: Any]?

  init(_ name: String, _ change: @escaping @Sendable (inout [String: Any]) -> [String: Any]?) {
    testDescription = name
    self.change = change
  }

  func data() throws -> Data {
    var profile = try framePackObject()
    guard let broken = change(&profile) else { return Data("{ \"id\": ".utf8) }
    return try JSONSerialization.data(withJSONObject: broken)
  }
}

private func framePackObject() throws -> [String: Any] {
  let file = repository.appending(path: "schemas/models/fal-ai--framepack--flf2v.json")
  let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
  return try #require(object as? [String: Any])
}

/// The FramePack profile with a change.
private func edited(_ change: (inout [String: Any]) -> Void) throws -> Data {
  var profile = try framePackObject()
  change(&profile)
  return try JSONSerialization.data(withJSONObject: profile)
}

/// Folders that are gone after the test.
struct TemporaryFolders {
  private let folders: [URL]
  private let root: URL

  init(_ count: Int) throws {
    root = FileManager.default.temporaryDirectory.appending(
      path: "keyreel-models-\(UUID().uuidString)")
    folders = (0..<count).map { [root] in root.appending(path: "\($0)") }
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
  }

  var paths: [FilePath] { folders.map { FilePath($0.path) } }

  func write(_ data: Data, _ name: String, in index: Int) throws {
    try data.write(to: folders[index].appending(path: name))
  }

  func remove() { try? FileManager.default.removeItem(at: root) }
}

/// The Swift source that carries the profiles, as the formatter leaves it.
enum BuiltInSource {
  static func swift(_ files: [(name: String, text: String)]) -> String {
    var lines = [
      "/// The profiles of `schemas/models`, word for word; a test holds them equal and re-records them.",
      "enum BuiltInProfiles {", "  static let all: [(name: String, text: String)] = [",
    ]
    for file in files {
      lines += ["    (", "      name: \"\(file.name)\",", "      text: #\"\"\""]
      lines += file.text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "      \($0)"
      }
      lines += ["      \"\"\"#", "    ),"]
    }
    return (lines + ["  ]", "}", ""]).joined(separator: "\n")
  }
}
