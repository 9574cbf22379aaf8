import KeyreelCore

/// What happens to pictures and clips without anybody asking for it; nothing to worry about.
struct PictureRemarks {
  let filmSize: PixelSize

  /// One remark of each kind, however many pictures it is about.
  func remarks(on outlines: [SequenceOutline], _ segments: [Segment]) -> [String] {
    var seen: Set<String> = []
    let pictures = outlines.flatMap(pictures).filter { seen.insert($0.source.path).inserted }
    let deep = pictures.filter { $0.fact.bitDepth > 8 }
    let turned = pictures.filter { $0.fact.orientation != 1 }
    let scaled = segments.count { $0.canvas != filmSize }
    return [
      deep.isEmpty
        ? nil : "more than 8 bits per channel are cut to 8, which models take: \(names(deep))",
      turned.isEmpty ? nil : "turned upright, as the EXIF orientation says: \(names(turned))",
      scaled == 0
        ? nil
        : (scaled == 1 ? "1 clip of another size is" : "\(scaled) clips of another size are")
          + " scaled to \(filmSize)",
    ].compactMap(\.self)
  }

  private func pictures(of outline: SequenceOutline) -> [ResolvedPicture] {
    switch outline.content {
    case .chain(let chain): chain.pictures.compactMap(\.self)
    case .still(let still): [still.picture]
    case .footage, .broken: []
    }
  }

  private func names(_ pictures: [ResolvedPicture]) -> String {
    pictures.prefix(3).map { "`\($0.source.path)`" }.joined(separator: ", ")
      + (pictures.count > 3 ? " and \(pictures.count - 3) more" : "")
  }
}
