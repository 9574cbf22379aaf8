import KeyreelCore
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Manifests of films as bytes: the same for the same manifest, described by `schemas/manifest.schema.json`.
public enum ManifestText {
  /// More bytes than any film's manifest has: a hundred thousand pieces.
  private static let limit = 512 << 20

  /// Indented JSON with a line end at the end.
  public static func encode(_ manifest: FilmManifest) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      let key = path[path.count - 1]
      // Most keys are one word, and a long film has a hundred thousand.
      guard hasCapital(key.stringValue), isWithinValues(path) else { return key }
      return Key(snake(key.stringValue))
    }
    do {
      return try Array(encoder.encode(manifest)) + [UInt8(ascii: "\n")]
    } catch {
      preconditionFailure("a manifest is always encodable: \(error)")
    }
  }

  /// Reads a manifest that may come from anywhere; `name` is what messages call it.
  ///
  /// Throws `corrupt` for what is none or cannot be true, `unsupported` for one of another format.
  public static func decode(_ bytes: [UInt8], named name: String) throws -> FilmManifest {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      isWithinValues(path) ? Key(camel(path[path.count - 1].stringValue)) : path[path.count - 1]
    }
    if let other = try? decoder.decode(Format.self, from: Data(bytes)).version,
      other != FilmManifest.formatVersion
    {
      throw OperationError(
        .unsupported,
        "\(name) has format \(other), this program reads \(FilmManifest.formatVersion)",
        remedy: other < FilmManifest.formatVersion
          ? "run the pipeline again, which writes it anew" : "use the program that made the film")
    }
    let manifest: FilmManifest
    do {
      manifest = try decoder.decode(FilmManifest.self, from: Data(bytes))
    } catch {
      throw unreadable(name, "it is no manifest of a film", error)
    }
    if let mistake = manifest.mistake { throw unreadable(name, mistake, nil) }
    return manifest
  }

  /// Reads the manifest at `path`; `nil` when nothing is there.
  public static func read(_ path: FilePath) throws -> FilmManifest? {
    guard let status = Disk.status(path) else { return nil }
    guard status.isRegular, status.size <= limit else {
      throw unreadable(path.string, "it is no file, or too long", nil)
    }
    guard let bytes = try Disk.read(path) else { return nil }
    return try decode(bytes, named: path.string)
  }

  private static func unreadable(
    _ name: String, _ why: String, _ error: (any Error)?
  ) -> OperationError {
    OperationError(
      .corrupt, "\(name) cannot be read as the manifest of a film: \(why)",
      remedy: "run the pipeline again, which writes it anew", underlying: error)
  }

  private struct Format: Decodable {
    var version: Int

    enum CodingKeys: String, CodingKey {
      case version = "format_version"
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init("\(intValue)") }
  }

  /// Whether a key stands in a value whose keys are Swift's own names: the cut list, keyframes.
  private static func isWithinValues(_ path: [any CodingKey]) -> Bool {
    path.dropLast().contains { ["edit", "first", "last", "output"].contains($0.stringValue) }
  }

  private static func hasCapital(_ name: String) -> Bool {
    name.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  /// `holdBefore` as `hold_before`.
  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase { text += "_" }
      text += letter.lowercased()
    }
  }

  /// `hold_before` as `holdBefore`; `_0` stays.
  private static func camel(_ name: String) -> String {
    var text = ""
    var isNew = false
    for letter in name {
      if letter == "_", !text.isEmpty {
        isNew = true
      } else {
        text += isNew ? letter.uppercased() : String(letter)
        isNew = false
      }
    }
    return text
  }
}
