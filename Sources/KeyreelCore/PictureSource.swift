/// Where the pixels of a keyframe come from; paths are relative to the project root.
public enum PictureSource: Hashable, Sendable, Codable {
  /// A still in a file.
  case file(String)
  /// A frame of a video, by time or frame number.
  case video(String, at: TimeLength)
  /// A still behind an https address, pinned by its digest.
  case url(String, digest: Digest?)
}

/// A file that a pipeline uses: what facts are gathered about before planning.
public enum SourceReference: Hashable, Sendable {
  /// A picture.
  case picture(PictureSource)
  /// An existing clip, by root-relative path.
  case footage(String)
  /// Sound, by root-relative path.
  case sound(String)
  /// Captions, by root-relative path.
  case captions(String)
  /// A font, by root-relative path.
  case font(String)
}

extension SourceReference {
  /// The file, relative to the project root; `nil` for an address.
  public var path: String? {
    switch self {
    case .picture(.file(let path)), .picture(.video(let path, at: _)): path
    case .picture(.url): nil
    case .footage(let path), .sound(let path), .captions(let path), .font(let path): path
    }
  }
}

extension PipelineDocument {
  /// Every file that this document uses, each with the first place that names it, in file order.
  public var references: [Written<SourceReference>] {
    var found: [Written<SourceReference>] = keyframes.map {
      $0.picture.source.map { .picture($0) }
    }
    for sequence in sequences {
      switch sequence.content {
      case .keyframes(let chain):
        for stop in chain.stops {
          if case .picture(let source) = stop.subject.value {
            found.append(Written(.picture(source), at: stop.subject.span))
          }
        }
      case .footage(let footage):
        found.append(footage.file.map { .footage($0) })
      }
      if let sound = sequence.sound { found.append(sound.file.map { .sound($0) }) }
      found += (sequence.title?.look.references ?? [])
    }
    if let audio = film.audio { found.append(audio.file.map { .sound($0) }) }
    for row in film.captions {
      if let file = row.file { found.append(file.map { .captions($0) }) }
      found += row.look.references
    }
    for title in film.titles { found += title.look.references }
    var seen: Set<SourceReference> = []
    return found.filter { seen.insert($0.value).inserted }
  }
}
