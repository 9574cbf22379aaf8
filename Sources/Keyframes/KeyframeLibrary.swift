public import KeyreelCore
internal import Media
internal import Synchronization
public import SystemPackage

/// The pictures, clips and sounds of a project: what they are, and their pixels fitted to a canvas.
///
/// Facts are remembered between runs by each file's size, times and inode, so that a plan of thousands
/// of unchanged files reads none of them. Fitted pixels come from the very bytes that were planned.
public final class KeyframeLibrary: PictureSupply {
  private let root: FilePath
  private let factsFolder: FilePath
  private let sourcesFolder: FilePath
  private let digests = Mutex<[FilePath: (stamp: SourceLocator.Stamp, digest: Digest)]>([:])
  private let video = Mutex<(file: FilePath, stamp: SourceLocator.Stamp, frames: VideoFrames)?>(nil)

  /// A library of the project at `root`.
  ///
  /// The facts cache is kept in `factsFolder`, stills fetched from addresses in `sourcesFolder` under the
  /// digests of their bytes. Both may be missing or read-only.
  public init(root: FilePath, factsFolder: FilePath, sourcesFolder: FilePath) {
    self.root = root.lexicallyNormalized()
    self.factsFolder = factsFolder
    self.sourcesFolder = sourcesFolder
  }

  /// What is known of every one of `references`, or why it cannot be used; reads several files at once.
  ///
  /// Paths that leave the root, also through a symbolic link, are a problem unless `allowsOutside`.
  /// Uses no network. When the calling task is cancelled, what was not read yet has a problem.
  public func facts(for references: [SourceReference], allowsOutside: Bool = false) async
    -> SourceFacts
  {
    let locator = SourceLocator(root: root, allowsOutside: allowsOutside)
    let gatherer = FactsGatherer(root: root, sources: sourcesFolder, locator: locator)
    var cache = FactsCache(folder: factsFolder)
    let entries = await gatherer.gather(references, cache: &cache)
    cache.save()
    return SourceFacts(entries)
  }

  /// The pixels of an authored keyframe, upright and fitted to its canvas.
  ///
  /// Throws when the file is gone or its bytes are not the planned ones any more. The last frame of
  /// another clip is no authored keyframe: ``lastFrame(of:canvas:)``. Read anew each time: who runs
  /// a plan knows which pictures are wanted again.
  public func picture(_ use: KeyframeUse) async throws -> FittedPicture {
    try await OwnThread.run { token in try self.picture(use, token: token) }
  }

  /// The same on the calling thread, for those who have one of their own.
  public func picture(_ use: KeyframeUse, token: CancellationToken) throws -> FittedPicture {
    let picture = try source(use, token: token)
    let recipe = use.recipe
    return PictureFitter.fit(picture, recipe.fit, focus: recipe.focus, to: recipe.canvas).fitted
  }

  /// The last frame of the clip in `file`, stretched to `canvas` if it has another size.
  public func lastFrame(of file: FilePath, canvas: PixelSize) async throws -> FittedPicture {
    try await OwnThread.run { _ in
      PictureFitter.fit(try VideoFrames(file).lastPicture(), .stretch, to: canvas).fitted
    }
  }

  private func source(_ use: KeyframeUse, token: CancellationToken) throws -> RGBPicture {
    guard let source = use.source else {
      preconditionFailure("`\(use.name)` is rendered; the executor takes it from its clip")
    }
    switch (source, use.recipe.origin) {
    case (.file(let path), .still(let digest)):
      return try still(SourceLocator.file(path, root: root), name: path, digest)
    case (.url(let url, _), .still(let digest)):
      return try still(sourcesFolder.appending(digest.hex), name: url, digest)
    case (.video(let path, _), .videoFrame(let digest, let index)):
      let file = SourceLocator.file(path, root: root)
      guard try self.digest(of: file, name: path, token: token) == digest else {
        throw Self.changed(path)
      }
      return try frames(of: file, name: path).picture(at: index)
    default:
      preconditionFailure("`\(use.name)`: the recipe of a keyframe fits its source")
    }
  }

  private func still(_ file: FilePath, name: String, _ digest: Digest) throws -> RGBPicture {
    let bytes = try FileBytes.read(file, name: name)
    guard Digest.of(bytes) == digest else { throw Self.changed(name) }
    return try StillDecoder.decode(bytes, name: name).picture
  }

  /// A video is hashed once as long as it stays the same, however many of its frames are used.
  private func digest(of file: FilePath, name: String, token: CancellationToken) throws -> Digest {
    let stamp = SourceLocator.Stamp(of: file)
    if let known = digests.withLock({ $0[file] }), known.stamp == stamp { return known.digest }
    let digest = try FileBytes.digest(file, name: name, token: token)
    if let stamp { digests.withLock { $0[file] = (stamp, digest) } }
    return digest
  }

  /// The packets of the video used last are scanned once as long as it stays the same.
  private func frames(of file: FilePath, name: String) throws -> VideoFrames {
    let stamp = SourceLocator.Stamp(of: file)
    if let known = video.withLock(\.self), known.file == file, known.stamp == stamp {
      return known.frames
    }
    let frames = try VideoFrames(file, name: name)
    if let stamp { video.withLock { $0 = (file, stamp, frames) } }
    return frames
  }

  private static func changed(_ name: String) -> OperationError {
    OperationError(
      .verificationFailed, "\(name) changed since planning", remedy: "plan and run again")
  }
}
