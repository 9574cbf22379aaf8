#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Facts of files that have not changed since they were last looked at; a lost cache costs only time.
///
/// One text file: a line per fact, fields parted by tabs, and at the end the digest of all lines, so
/// that a half-written or edited file is noticed and ignored.
struct FactsCache {
  /// A fact and the file it was true of.
  struct Entry: Hashable {
    var stamp: SourceLocator.Stamp
    var fact: SourceFact
  }

  private(set) var entries: [String: Entry] = [:]
  private var asked: Set<String> = []
  private var isChanged = false
  private let file: FilePath

  /// Raised when facts of unchanged files would come out differently.
  private static let header = "keyreel facts 2\n"
  /// Above this many, facts that this pipeline does not ask for are dropped at the next writing.
  private static let capacity = 200_000

  /// Reads the cache in `folder`; what cannot be read or trusted is as good as absent.
  init(folder: FilePath) {
    file = folder.appending("facts-v1.tsv")
    guard let bytes = try? FileBytes.read(file, name: file.string, limit: 1 << 29) else { return }
    entries = Self.parse(bytes) ?? [:]
  }

  /// The fact under `key`, if the file is still the one it is about.
  mutating func fact(_ key: String, stamp: SourceLocator.Stamp) -> SourceFact? {
    asked.insert(key)
    guard let entry = entries[key], entry.stamp == stamp else { return nil }
    return entry.fact
  }

  /// Keeps `fact` under `key` for the next time.
  mutating func remember(_ fact: SourceFact, _ key: String, stamp: SourceLocator.Stamp) {
    guard !key.utf8.contains(where: { $0 < 0x20 }) else { return }
    entries[key] = Entry(stamp: stamp, fact: fact)
    isChanged = true
  }

  /// Writes what is new, whole or not at all; a folder that cannot be written is no error.
  mutating func save() {
    guard isChanged else { return }
    isChanged = false
    if entries.count > Self.capacity { entries = entries.filter { asked.contains($0.key) } }
    var text = Array(Self.header.utf8)
    for key in entries.keys.sorted() {
      if let entry = entries[key] { Self.write(key, entry, to: &text) }
    }
    let digest = Digest.of(text)
    text.append(contentsOf: Array("end\t\(digest.hex)\n".utf8))
    let folder = file.removingLastComponent()
    mkdir(folder.string, 0o777)
    let staged = FilePath("\(file.string).\(getpid())-\(UInt32.random(in: 0 ... .max))")
    do {
      try FileBytes.write(text, to: staged)
      if rename(staged.string, file.string) != 0 { unlink(staged.string) }
    } catch {
      unlink(staged.string)
    }
  }

  private static func write(_ key: String, _ entry: Entry, to text: inout [UInt8]) {
    let stamp = entry.stamp
    var fields = [
      key, "\(stamp.size)", "\(stamp.modified)", "\(stamp.changed)", "\(stamp.inode)",
    ]
    switch entry.fact {
    case .picture(let fact):
      fields += [
        "picture", fact.digest.hex, fact.frame.map { "\($0)" } ?? "-", fact.size.description,
        fact.hasAlpha ? "alpha" : "opaque", "\(fact.bitDepth)", "\(fact.orientation)",
        Data(fact.thumbnail).base64EncodedString(),
      ]
    case .footage(let fact):
      fields += [
        "footage", fact.digest.hex, fact.size.description, fact.frameRate.description,
        "\(fact.frames)", fact.hasSound ? "sound" : "silent",
      ]
    case .sound(let fact):
      fields += ["sound", fact.digest.hex, "\(fact.sampleRate)", "\(fact.samples)"]
    // Texts are read as fast as the cache is; a font is nothing but its digest.
    case .captions: return
    case .font(let digest): fields += ["font", digest.hex]
    }
    text.append(contentsOf: fields.joined(separator: "\t").utf8)
    text.append(UInt8(ascii: "\n"))
  }
}

extension FactsCache {
  /// Reads thousands of lines in milliseconds, so it works on the bytes where they lie.
  fileprivate static func parse(_ bytes: [UInt8]) -> [String: Entry]? {
    // "end", a tab, 64 digits, a line feed.
    let footer = bytes.count - 69
    guard footer > header.utf8.count, bytes.starts(with: header.utf8),
      let promised = Digest(
        hex: String(decoding: bytes[(footer + 4)..<(footer + 68)], as: UTF8.self))
    else { return nil }
    return bytes.withUnsafeBytes { buffer in
      var hasher = DigestHasher()
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<footer]))
      guard hasher.finalize() == promised else { return nil }
      var entries: [String: Entry] = [:]
      var place = header.utf8.count
      while place < footer {
        let fields = fields(of: buffer, from: &place)
        guard fields.count > 6, let stamp = stamp(fields[1...4]), let fact = fact(fields[5...])
        else { return nil }
        entries[fields[0]] = Entry(stamp: stamp, fact: fact)
      }
      return entries
    }
  }

  /// The fields of the line at `place`, which then is behind the line.
  private static func fields(of buffer: UnsafeRawBufferPointer, from place: inout Int) -> [String] {
    guard let start = buffer.baseAddress else { return [] }
    func next(_ byte: UInt8, from: Int, before: Int) -> Int {
      guard let found = memchr(start + from, Int32(byte), before - from) else { return before }
      return UnsafeRawPointer(found) - start
    }
    let end = next(UInt8(ascii: "\n"), from: place, before: buffer.count)
    var fields: [String] = []
    while place <= end {
      let stop = next(UInt8(ascii: "\t"), from: place, before: end)
      let field = UnsafeRawBufferPointer(rebasing: buffer[place..<stop])
      fields.append(String(decoding: field, as: UTF8.self))
      place = stop + 1
    }
    return fields
  }

  private static func stamp(_ fields: ArraySlice<String>) -> SourceLocator.Stamp? {
    let start = fields.startIndex
    guard let size = Int(fields[start]), let modified = Int(fields[start + 1]),
      let changed = Int(fields[start + 2]), let inode = UInt64(fields[start + 3])
    else { return nil }
    return SourceLocator.Stamp(size: size, modified: modified, changed: changed, inode: inode)
  }

  private static func fact(_ slice: ArraySlice<String>) -> SourceFact? {
    let fields = Array(slice)
    guard let digest = Digest(hex: fields[1]) else { return nil }
    switch (fields[0], fields.count) {
    case ("picture", 8):
      guard let size = PixelSize(fields[3]), let depth = Int(fields[5]),
        let orientation = Int(fields[6]), let thumbnail = Data(base64Encoded: fields[7])
      else { return nil }
      return .picture(
        PictureFact(
          digest: digest, frame: Int(fields[2]), size: size, hasAlpha: fields[4] == "alpha",
          bitDepth: depth, orientation: orientation, thumbnail: [UInt8](thumbnail)))
    case ("footage", 6):
      guard let size = PixelSize(fields[2]), let rate = FrameRate(fields[3]),
        let frames = Int(fields[4])
      else { return nil }
      return .footage(
        FootageFact(
          digest: digest, size: size, frameRate: rate, frames: frames,
          hasSound: fields[5] == "sound"))
    case ("sound", 4):
      guard let rate = Int(fields[2]), let samples = Int(fields[3]) else { return nil }
      return .sound(SoundFact(digest: digest, sampleRate: rate, samples: samples))
    case ("font", 2): return .font(digest)
    default: return nil
    }
  }
}
