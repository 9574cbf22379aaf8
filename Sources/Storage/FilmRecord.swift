public import KeyreelCore
public import SystemPackage

/// The manifest inside a film file: a `uuid` box at its end, which players pass over.
///
/// Its digest is that of all bytes before the box (ISO/IEC 14496-12, 4.2 and 11.1). Films have it only with
/// `metadata: full`, because prices do not belong into a file that is handed on.
public enum FilmRecord {
  /// Keyreel's own user type.
  private static let type: [UInt8] = [
    0x6B, 0x65, 0x79, 0x72, 0x65, 0x65, 0x6C, 0x2E, 0x8D, 0x1F, 0x4A, 0x77, 0xB3, 0x60, 0x12, 0xC5,
  ]
  private static let header = 24
  /// Boxes of a file that are walked over; an mp4 has some four, one in fragments has many.
  private static let boxes = 1_000_000

  /// Writes `manifest` behind everything that is in the film at `path`, with the digest of that.
  public static func append(_ manifest: FilmManifest, to path: FilePath) throws {
    var manifest = manifest
    (manifest.digest, manifest.byteCount) = try DirectoryStore.identify(path)
    manifest.companions = []
    let text = ManifestText.encode(manifest)
    guard let size = UInt32(exactly: text.count + header) else {
      throw OperationError(
        .tooLarge, "the manifest of \(manifest.name) is too long to stand in the film",
        remedy: "use `metadata: minimal`; it stands beside the film all the same")
    }
    let bytes =
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } + Array("uuid".utf8) + type
    let file = try FileDescriptor.open(path, .writeOnly, options: .append)
    _ = try file.closeAfter { try file.writeAll(bytes + text) }
  }

  /// The manifest inside the film at `path` and the bytes before it; `nil` when there is none.
  public static func read(_ path: FilePath) throws -> (manifest: FilmManifest, length: Int)? {
    guard let file = try Disk.open(path, .readOnly, "read") else { return nil }
    defer { try? file.close() }
    let end = try file.seek(offset: 0, from: .end)
    guard let place = try last(of: file, end: end), end - place > Int64(header),
      try bytes(of: file, from: place + 8, count: 16) == type
    else { return nil }
    let text = try bytes(of: file, from: place + Int64(header), count: Int(end - place) - header)
    return (try ManifestText.decode(text, named: "the record in \(path)"), Int(place))
  }

  /// The digest of the first `length` bytes of the film at `path`.
  public static func digest(of length: Int, in path: FilePath) throws -> Digest {
    guard let file = try Disk.open(path, .readOnly, "read") else {
      throw OperationError.file(.noSuchFileOrDirectory, "read", path)
    }
    defer { try? file.close() }
    var hasher = DigestHasher()
    var place = 0
    while place < length {
      let piece = try bytes(of: file, from: Int64(place), count: min(1 << 20, length - place))
      guard !piece.isEmpty else { break }
      hasher.update(piece)
      place += piece.count
    }
    return hasher.finalize()
  }

  /// Where the last box begins that is a `uuid` and ends with the file.
  private static func last(of file: FileDescriptor, end: Int64) throws -> Int64? {
    var place: Int64 = 0
    for _ in 0..<boxes {
      guard end - place >= 8 else { return nil }
      let head = try bytes(of: file, from: place, count: 16)
      guard head.count >= 8 else { return nil }
      var size = head[..<4].reduce(Int64(0)) { $0 << 8 | Int64($1) }
      if size == 1, head.count == 16, head[8] < 0x80 {
        size = head[8..<16].reduce(0) { $0 << 8 | Int64($1) }
      }
      guard size >= 8, size <= end - place else { return nil }
      if size == end - place {
        return Array(head[4..<8]) == Array("uuid".utf8) && size < 512 << 20 ? place : nil
      }
      place += size
    }
    return nil
  }

  private static func bytes(of file: FileDescriptor, from place: Int64, count: Int) throws
    -> [UInt8]
  {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let whole = UnsafeMutableRawBufferPointer(buffer)
      while filled < count {
        let room = UnsafeMutableRawBufferPointer(rebasing: whole[filled...])
        let read = try file.read(fromAbsoluteOffset: place + Int64(filled), into: room)
        if read == 0 { break }
        filled += read
      }
    }
  }
}
