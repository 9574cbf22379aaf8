import KeyreelCore
import Synchronization
import SystemPackage

/// One user's hold on a store's folder: the format is checked, the shared lock held, a room for drafts.
///
/// Nothing is written before something has to be, so that a store that can only be read, or is not
/// there yet, can be asked.
final class StoreSession: Sendable {
  let layout: StoreLayout
  private let state = Mutex(State())

  private struct State {
    var isReady = false
    var lock: FileLock?
    var room: StagingRoom?
  }

  /// Opens what is there; throws `newerVersion` for a store that this program is too old for, and
  /// `unsupported` for a folder of other things.
  init(_ layout: StoreLayout) throws(OperationError) {
    self.layout = layout
    if let status = Disk.status(layout.folder), status.isRegular {
      throw .file(.notDirectory, "open the store", layout.folder)
    }
    if try checkFormat() { try join() } else { try refuseStrangers() }
  }

  /// Makes the store if it is not there, and checks that it can be written.
  func makeReady() throws(OperationError) {
    try locked { (state) throws(OperationError) in try self.makeReady(&state) }
  }

  /// A path for a new file that nobody else was given, on the store's file system.
  func draft(ending: String) throws(OperationError) -> FilePath {
    try locked { (state) throws(OperationError) in
      try self.makeReady(&state)
      if state.room == nil { state.room = try StagingRoom.open(in: self.layout.staging) }
      guard let room = state.room else { preconditionFailure("the room was just made") }
      return room.path(ending: ending)
    }
  }

  /// Removes the drafts that are left, also those of dead processes.
  func leaveRoom() {
    state.withLock { $0.room = nil }
    // Who had nothing to write made no room, and so swept none. What cannot be swept harms nobody.
    try? StagingRoom.tidy(layout.staging)
  }

  /// Runs `body` while nobody else uses the store; throws `busy` when somebody does.
  func alone<Value>(
    _ body: () throws(OperationError) -> Value
  ) throws(OperationError) -> Value {
    try makeReady()
    try locked { (state) throws(OperationError) in
      guard let lock = state.lock, try lock.change(to: .exclusive, self.layout.lock) else {
        state.lock = nil
        try self.join(&state)
        throw OperationError(
          .busy, "another keyreel is using the store \(self.layout.folder)",
          remedy: "wait until it has ended and run again", isRetryable: true)
      }
    }
    defer {
      state.withLock { state in
        if (try? state.lock?.change(to: .shared, layout.lock)) != true { state.lock = nil }
      }
    }
    return try body()
  }

  private func makeReady(_ state: inout State) throws(OperationError) {
    guard !state.isReady else { return }
    try refuseStrangers()
    try Disk.makeFolders(layout.folder)
    try join(&state)
    let isNew = try !checkFormat()
    if isNew {
      // Several first users may do this at once; one names its file first, and all write the same.
      let room = try StagingRoom.open(in: layout.staging)
      let format = StoreRecords.Format(format: StoreLayout.formatVersion)
      if !Disk.exists(layout.ignoreFile) {
        try Disk.writeNew(
          Array("*\n".utf8), at: layout.ignoreFile, through: room.path(ending: "draft"))
      }
      try Disk.writeNew(
        StoreRecords.encode(format), at: layout.format, through: room.path(ending: "draft"))
      state.room = room
    }
    state.isReady = true
  }

  private func join() throws(OperationError) {
    try locked { (state) throws(OperationError) in try self.join(&state) }
  }

  private func join(_ state: inout State) throws(OperationError) {
    guard state.lock == nil else { return }
    do {
      state.lock = try FileLock.attempt(.shared, layout.lock)
    } catch  where error.code == .permissionDenied {
      state.lock = try FileLock.attemptReading(.shared, layout.lock)
      // No lock file and none to be made: a store that can only be read, which nobody cleans.
      if state.lock == nil, !Disk.exists(layout.lock) { return }
    }
    guard state.lock != nil else {
      throw OperationError(
        .busy, "the store \(layout.folder) is being cleaned by another keyreel",
        remedy: "wait until it has ended and run again", isRetryable: true)
    }
  }

  /// Whether the format is written, and one that this program knows.
  private func checkFormat() throws(OperationError) -> Bool {
    let format: StoreRecords.Format?
    do {
      format = try StoreRecords.read(StoreRecords.Format.self, at: layout.format)
    } catch  where error.code == .corrupt {
      throw OperationError(
        .corrupt, "\(layout.format) is damaged",
        remedy:
          "write {\"format\": \(StoreLayout.formatVersion)} into it, then run keyreel store verify",
        underlying: error)
    }
    guard let format else { return false }
    guard format.shared != true else {
      throw OperationError(
        .unsupported, "\(layout.folder) is a shared store, whose leases are not file locks",
        remedy: "name it as shared:\(layout.folder)")
    }
    guard format.format <= StoreLayout.formatVersion else {
      throw OperationError(
        .newerVersion,
        "the store \(layout.folder) has format \(format.format), this keyreel knows up to \(StoreLayout.formatVersion)",
        remedy: "install a newer keyreel, or use another store (--store)")
    }
    return true
  }

  /// Keeps a mistyped `--store ~/Pictures` from making a store among somebody's files.
  private func refuseStrangers() throws(OperationError) {
    guard layout.folder.lastComponent?.string != ".keyreel", !Disk.exists(layout.format) else {
      return
    }
    guard
      let stranger = try Disk.names(in: layout.folder)
        .first(where: { !StoreLayout.names.contains($0) })
    else { return }
    throw OperationError(
      .unsupported,
      "\(layout.folder) is not a Keyreel store: it has \(stranger) in it",
      remedy: "choose an empty or a new folder for the store (--store)")
  }

  private func locked<Value: Sendable>(
    _ body: (inout State) throws(OperationError) -> sending Value
  ) throws(OperationError) -> Value {
    try state.withLock { (state) throws(OperationError) in try body(&state) }
  }
}
