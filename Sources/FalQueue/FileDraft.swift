internal import GRDB
internal import KeyreelCore
internal import SystemPackage

/// A file whose bytes are coming; nothing is left of it unless it is finished.
///
/// Bytes are written and hashed off Swift's task pool. One task writes at a time.
public final class FileDraft: Sendable {
  /// The id that the file will have.
  public let id: String
  private let label: FileLabel
  private let queue: JobQueue
  private let lane: DiskLane
  private let draft: DraftFile

  init(id: String, label: FileLabel, queue: JobQueue, lane: DiskLane, draft: DraftFile) {
    self.id = id
    self.label = label
    self.queue = queue
    self.lane = lane
    self.draft = draft
  }

  /// Adds bytes; throws `tooLarge` beyond the limit and `diskFull`, and is over then.
  public func append(_ bytes: [UInt8]) async throws {
    let draft = draft
    try await lane.run { try draft.append(bytes) }
  }

  /// Makes the file: on the disk and in the records when this returns.
  ///
  /// When an upload's bytes come a second time the file of the first time is returned if they are
  /// the same; others throw `alreadyThere`.
  public func finish() async throws -> StoredFile {
    let (draft, target) = (draft, queue.folder.file(id))
    let facts = try await lane.run { try draft.finish(as: target) }
    return try await queue.record(id: id, label: label, facts)
  }

  /// Removes what was written; safe to call twice and after ``finish()``.
  public func discard() async {
    let draft = draft
    try? await lane.run { draft.discard() }
  }
}

/// One part of an upload whose bytes are coming.
public final class PartDraft: Sendable {
  /// The upload's id.
  public let uploadID: String
  /// The part's 1-based number.
  public let number: Int
  private let queue: JobQueue
  private let lane: DiskLane
  private let draft: DraftFile

  init(uploadID: String, number: Int, queue: JobQueue, lane: DiskLane, draft: DraftFile) {
    self.uploadID = uploadID
    self.number = number
    self.queue = queue
    self.lane = lane
    self.draft = draft
  }

  /// Adds bytes; throws `tooLarge` beyond the limit and `diskFull`, and is over then.
  public func append(_ bytes: [UInt8]) async throws {
    let draft = draft
    try await lane.run { try draft.append(bytes) }
  }

  /// Keeps the part, in place of an earlier one of its number; returns its ETag without quotes.
  ///
  /// Throws `notFound` when the upload is over.
  public func finish() async throws -> String {
    let name = UploadPartName(upload: uploadID, body: "\(number)-\(RandomText.hex(8))")
    let (draft, target) = (draft, queue.folder.part(name))
    let facts = try await lane.run { try draft.finish(as: target) }
    do { return try await queue.record(name, number: number, facts, lane) } catch {
      try? await lane.run {
        Disk.remove(target)
        Disk.removeEmptyFolder(target.removingLastComponent())
      }
      throw error
    }
  }

  /// Removes what was written; safe to call twice and after ``finish()``.
  public func discard() async {
    let draft = draft
    try? await lane.run { draft.discard() }
  }
}
