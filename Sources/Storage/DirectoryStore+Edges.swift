public import KeyreelCore
import SystemPackage

/// What was measured of clips and keyframes: it can be measured again, so nothing is forced to the disk,
/// and what fails or is damaged counts as never kept.
extension DirectoryStore {
  /// Keeps what was measured of a clip.
  public func keep(_ edges: ClipEdges, of clip: Digest) {
    keep(edges.record, at: layout.edges(of: clip))
  }

  /// What was measured of a clip.
  public func edges(of clip: Digest) -> ClipEdges? {
    record(at: layout.edges(of: clip)).flatMap(ClipEdges.init(record:))
  }

  /// Keeps light and colours of a keyframe.
  public func keep(_ sketch: PictureSketch, of picture: Digest) {
    keep(sketch.record, at: layout.sketch(of: picture))
  }

  /// Light and colours of a keyframe.
  public func sketch(of picture: Digest) -> PictureSketch? {
    record(at: layout.sketch(of: picture)).flatMap(PictureSketch.init(record:))
  }

  private func keep(_ record: [UInt8], at path: FilePath) {
    do {
      try session.makeReady()
      try Disk.makeFolders(path.parent)
      try Disk.writeNew(record, at: path, through: session.draft(ending: "edges"), force: .none)
    } catch {
      // A full disk, or a store that can only be read, costs a film some decoding and nothing else.
    }
  }

  private func record(at path: FilePath) -> [UInt8]? { (try? Disk.read(path)) ?? nil }

  /// Removes what was measured of clips that are not there any more.
  func sweepEdges() throws(OperationError) {
    for fan in try Disk.names(in: layout.edges) {
      let folder = layout.edges.child(fan)
      for name in try Disk.names(in: folder) where name.hasSuffix(".clip") {
        let clip = Digest(hex: name.dropLast(5))
        if clip.map({ Disk.exists(layout.object($0)) }) != true {
          Disk.remove(folder.child(name))
        }
      }
    }
  }
}

extension SharedStore {
  /// Keeps what was measured of a clip, on this machine.
  public func keep(_ edges: ClipEdges, of clip: Digest) { local.keep(edges, of: clip) }

  /// What was measured of a clip on this machine.
  public func edges(of clip: Digest) -> ClipEdges? { local.edges(of: clip) }

  /// Keeps light and colours of a keyframe, on this machine.
  public func keep(_ sketch: PictureSketch, of picture: Digest) { local.keep(sketch, of: picture) }

  /// Light and colours of a keyframe that was measured on this machine.
  public func sketch(of picture: Digest) -> PictureSketch? { local.sketch(of: picture) }
}
