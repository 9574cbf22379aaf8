#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// What files looked like at one instant; equal stamps mean unchanged files.
struct FileStamps: Equatable {
  private struct Stamp: Equatable {
    let file: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  /// No entry for what is not there.
  private var stamps: [FilePath: Stamp] = [:]

  /// Looks at `files` now.
  init(of files: Set<FilePath>) {
    for file in files {
      var info = stat()
      guard stat(file.string, &info) == 0 else { continue }
      #if canImport(Darwin)
        let time = info.st_mtimespec
      #else
        let time = info.st_mtim
      #endif
      stamps[file] = Stamp(
        file: UInt64(info.st_ino), size: Int64(info.st_size), seconds: Int(time.tv_sec),
        nanoseconds: Int(time.tv_nsec))
    }
  }

  /// The files that look different in `other`, or are in one of both only.
  func changed(since other: FileStamps) -> Set<FilePath> {
    Set(stamps.keys).union(other.stamps.keys).filter { stamps[$0] != other.stamps[$0] }
  }
}

/// Waits for saves of files, whichever way an editor makes them.
struct FileWatcher: Sendable {
  /// So long nothing may change before a save counts as finished.
  var quiet = Duration.milliseconds(60)
  /// A file that never rests is looked at after so long all the same.
  var patience = Duration.seconds(1)

  /// Blocks until one of `files` looks different from `known`, and has come to rest.
  ///
  /// Throws `interrupted` when `token` is cancelled.
  func change(
    of files: Set<FilePath>, since known: FileStamps, token: CancellationToken
  ) throws -> Set<FilePath> {
    let signal: any FolderSignal = .best()
    signal.listen(to: Self.folders(of: files))
    while true {
      // Looked at after listening began: no change falls between the two.
      if FileStamps(of: files) != known { return try settled(files, known, signal, token) }
      repeat { try token.check() } while !signal.wait(milliseconds: 200)
    }
  }

  private func settled(
    _ files: Set<FilePath>, _ known: FileStamps, _ signal: any FolderSignal,
    _ token: CancellationToken
  ) throws -> Set<FilePath> {
    let end = ContinuousClock.now + patience
    let pause = Int32(quiet.components.attoseconds / 1_000_000_000_000_000)
    var last = FileStamps(of: files)
    while ContinuousClock.now < end {
      try token.check()
      let isTold = signal.wait(milliseconds: pause)
      let now = FileStamps(of: files)
      if now == last, !isTold || signal is PollingSignal { break }
      last = now
    }
    return last.changed(since: known)
  }

  /// The folders in which `files` are named, and those in which they really are.
  private static func folders(of files: Set<FilePath>) -> Set<FilePath> {
    Set(
      files.flatMap { file in
        [file, file.resolved].compactMap { $0?.removingLastComponent() }
      }.map { $0.isEmpty ? "." : $0 })
  }
}
