internal import KeyreelCore
internal import PipelineLanguage
internal import SystemPackage

/// The lock file beside a pipeline, which need not be there.
struct PipelineLock {
  /// Where it is.
  let path: FilePath
  /// The file as the user would name it.
  let name: String
  /// What it says; empty where there is no file.
  let loaded: LockFile.Loaded

  /// Reads the lock file of the pipeline `file`, which messages call `called`.
  init(of file: String, called: String? = nil, in surroundings: Surroundings) throws {
    name = LockFile.name(of: called ?? file)
    path = surroundings.workingFolder.pushing(FilePath(LockFile.name(of: file)))
    guard AuthoredFile.exists(path) else {
      loaded = .none(file: name)
      return
    }
    loaded = LockFile.load(try PipelineFile.read(path, named: name), file: name)
  }

  /// The file's text, for printing places.
  var text: String { loaded.text }

  /// The locks, without their places.
  var clips: [ClipLock] { loaded.locks.entries.map(\.value) }

  /// Writes `clips`; a file that holds none is removed.
  func write(_ clips: [ClipLock]) throws {
    guard !clips.isEmpty else { return try AuthoredFile.remove(path, named: name) }
    try AuthoredFile.write(LockFile.text(of: clips).utf8, to: path, named: name)
  }
}
