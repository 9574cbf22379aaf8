internal import KeyreelCore
internal import SystemPackage

/// Bytes that are coming, as a file or as a part of one; nothing is left of them unless they are finished.
///
/// They are written and hashed off Swift's task pool. One task writes at a time.
public final class FileDraft<Kept: Sendable>: Sendable {
  /// The id of the file, or of the upload of which this is a part.
  public let id: String
  private let lane: DiskLane
  private let draft: DraftFile
  private let keep: @Sendable (DraftFile, DiskLane) async throws -> Kept

  /// Writes into `draft`, which `keep` finishes and records.
  init(
    id: String, lane: DiskLane, draft: DraftFile,
    keep: @escaping @Sendable (DraftFile, DiskLane) async throws -> Kept
  ) {
    self.id = id
    self.lane = lane
    self.draft = draft
    self.keep = keep
  }

  /// Adds bytes; throws `tooLarge` beyond the limit and `diskFull`, and is over then.
  public func append(_ bytes: [UInt8]) async throws {
    let draft = draft
    try await lane.run { try draft.append(bytes) }
  }

  /// Keeps the bytes: on the disk and in the records when this returns.
  ///
  /// When an upload's bytes come a second time the file of the first time is returned if they are
  /// the same; others throw `alreadyThere`. A part takes the place of an earlier one of its number;
  /// its ETag is returned, without quotes. Throws `notFound` when a part's upload is over.
  public func finish() async throws -> Kept { try await keep(draft, lane) }

  /// Removes what was written; safe to call twice and after ``finish()``.
  public func discard() async {
    let draft = draft
    try? await lane.run { draft.discard() }
  }
}

extension JobQueue {
  /// A draft of a file with the id `id`.
  func draft(id: String, _ label: FileLabel, _ limit: Int) async throws -> FileDraft<StoredFile> {
    let target = folder.file(id)
    return try await draft(id: id, limit) { [self] draft, lane in
      let facts = try await lane.run { try draft.finish(as: target) }
      return try await record(id: id, label: label, facts)
    }
  }

  /// A draft of part `number` of the upload `id`; gives the part's ETag.
  func draft(part number: Int, of id: String, _ limit: Int) async throws -> FileDraft<String> {
    try await draft(id: id, limit) { [self] draft, lane in
      let name = UploadPartName(upload: id, body: "\(number)-\(RandomText.hex(8))")
      let target = folder.part(name)
      let facts = try await lane.run { try draft.finish(as: target) }
      do { return try await record(name, number: number, facts, lane) } catch {
        try? await lane.run {
          Disk.remove(target)
          Disk.removeEmptyFolder(target.removingLastComponent())
        }
        throw error
      }
    }
  }

  private func draft<Kept: Sendable>(
    id: String, _ limit: Int,
    keep: @escaping @Sendable (DraftFile, DiskLane) async throws -> Kept
  ) async throws -> FileDraft<Kept> {
    let lane = lanes.lane()
    let path = stagePath(ending: "part")
    let draft = try await lane.run { try DraftFile(path, limit: limit) }
    return FileDraft(id: id, lane: lane, draft: draft, keep: keep)
  }
}
