internal import GRDB
internal import KeyreelCore
internal import SystemPackage

extension JobQueue {
  /// Puts the parts of an upload together, by number, whatever order they are named in.
  ///
  /// Throws `badParts` when a number is missing or named twice, an ETag is not the part's, or a part
  /// that came is not named; `tooLarge` beyond `limit` bytes; `notFound` when the upload is unknown or
  /// over. Completing it again after it was completed returns the file.
  public func completeUpload(
    _ id: String, parts: [UploadedPart], limit: Int
  ) async throws -> StoredFile {
    if let file = try await file(id) { return file }
    guard let upload = try await upload(id) else {
      throw OperationError(.notFound, "the upload \(id) is unknown or over")
    }
    let paths = try await bodies(of: upload, named: parts)
    let lane = lanes.lane()
    let (staged, target) = (stagePath(ending: "part"), folder.file(id))
    let facts = try await lane.run {
      let draft = try DraftFile(staged, limit: limit)
      for path in paths { try Self.append(path, to: draft) }
      return try draft.finish(as: target)
    }
    let file = try await record(id: id, label: upload.label, facts)
    try await removeParts(of: id)
    return file
  }

  private static func append(_ path: FilePath, to draft: DraftFile) throws {
    let part = try Disk.calling("read", path) {
      try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
    }
    defer { try? part.close() }
    try Disk.forEachChunk(of: part, path) { try draft.append($0) }
  }

  /// Where the parts are, in order, after all that is named has been checked.
  private func bodies(of upload: Upload, named: [UploadedPart]) async throws -> [FilePath] {
    let id = upload.id
    let kept = try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT number, body, digest FROM parts WHERE upload = ? ORDER BY number",
        arguments: [id]
      ).map { ($0[0] as Int, $0[1] as String, try Digest($0[2] as DatabaseValue)) }
    }
    let sorted = named.sorted { $0.number < $1.number }
    guard !sorted.isEmpty, sorted.map(\.number) == Array(1...sorted.count) else {
      throw OperationError(.badParts, "parts are to be named from 1 on, each once, none left out")
    }
    guard kept.map(\.0) == sorted.map(\.number) else {
      throw OperationError(
        .badParts, "parts \(kept.map(\.0)) came, \(sorted.map(\.number)) are named")
    }
    for (part, kept) in zip(sorted, kept) {
      guard part.etag.filter({ $0 != "\"" }).lowercased() == Self.etag(kept.2) else {
        throw OperationError(.badParts, "the ETag of part \(part.number) is another one")
      }
    }
    return kept.map { folder.part(UploadPartName(upload: id, body: $0.1)) }
  }
}
