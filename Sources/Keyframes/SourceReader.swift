internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Reads one file and answers what it is; remembers its digest and frames between questions.
struct SourceReader {
  private let token: CancellationToken
  private var known: (file: FilePath, digest: Digest)?
  private var video: (file: FilePath, stamp: SourceLocator.Stamp, frames: VideoFrames)?

  init(token: CancellationToken) { self.token = token }

  /// What the found file is, or why it cannot be used.
  mutating func answer(_ found: FactsGatherer.Found) -> FactsGatherer.Answer {
    do {
      try token.check()
      let fact = try fact(found)
      guard SourceLocator.Stamp(of: found.file) == found.stamp else {
        throw SourceProblem(
          code: ProblemCode.unreadable, message: "\(found.name) changed while it was read",
          suggestion: "run again when nothing writes to it any more")
      }
      return .success(fact)
    } catch let problem as SourceProblem {
      return .failure(problem)
    } catch {
      return .failure(SourceProblem(error, path: found.file.string, name: found.name))
    }
  }

  private mutating func fact(_ found: FactsGatherer.Found) throws -> SourceFact {
    switch found.reference {
    case .picture(.file): return .picture(try stillFact(found, expected: nil))
    case .picture(.url(_, let digest)): return .picture(try stillFact(found, expected: digest))
    case .picture(.video(_, let time)): return .picture(try frameFact(found, time))
    case .footage:
      let facts = try MediaProbe.video(found.file, name: found.name)
      return .footage(
        FootageFact(
          digest: try digest(found), size: facts.size, frameRate: facts.frameRate,
          frames: facts.frames, hasSound: facts.hasSound))
    case .sound:
      let facts = try MediaProbe.sound(found.file, name: found.name)
      return .sound(
        SoundFact(
          digest: try digest(found), sampleRate: facts.sampleRate, samples: facts.samples))
    case .captions: return .captions(try captionFact(found))
    case .font: return .font(try digest(found))
    }
  }

  private func captionFact(_ found: FactsGatherer.Found) throws -> CaptionFact {
    let bytes = try FileBytes.read(found.file, name: found.name, limit: SubRipFile.limit)
    do throws(SubRipFile.Fault) {
      let file = try SubRipFile(bytes)
      return CaptionFact(digest: Digest.of(bytes), cues: file.cues, formatted: file.formatted)
    } catch {
      throw SourceProblem(
        code: ProblemCode.noCaptions,
        message: "\(found.name), line \(error.line): \(error.message)",
        suggestion: "captions are read from SubRip files (.srt) in UTF-8")
    }
  }

  private mutating func stillFact(_ found: FactsGatherer.Found, expected: Digest?) throws
    -> PictureFact
  {
    let bytes = try FileBytes.read(found.file, name: found.name)
    let digest = Digest.of(bytes)
    known = (found.file, digest)
    if let expected, expected != digest {
      throw SourceProblem(
        code: ProblemCode.copyChanged, message: "the fetched copy of \(found.name) was changed",
        suggestion:
          "delete \(found.file.lastComponent?.string ?? "it") and run `keyreel fetch` again")
    }
    let still = try StillDecoder.decode(bytes, name: found.name)
    return PictureFact(
      digest: digest, size: still.picture.size, hasAlpha: still.hasAlpha, bitDepth: still.bitDepth,
      orientation: still.orientation, thumbnail: still.picture.thumbnail)
  }

  private mutating func frameFact(_ found: FactsGatherer.Found, _ time: TimeLength) throws
    -> PictureFact
  {
    let frames = try frames(found)
    let index = time.roundedFrames(at: frames.facts.frameRate)
    guard index < frames.facts.frames else {
      let length = frames.facts.frameRate.duration(of: frames.facts.frames)
      throw SourceProblem(
        code: ProblemCode.noSuchFrame,
        message: "\(found.name) has no frame \(index): it has \(frames.facts.frames) (\(length))",
        suggestion: "its last frame is \(frames.facts.frames - 1)")
    }
    let picture = try frames.picture(at: index)
    return PictureFact(
      digest: try digest(found), frame: index, size: picture.size,
      orientation: frames.facts.orientation, thumbnail: picture.thumbnail)
  }

  /// A video's packets are scanned once, however many of its frames are keyframes.
  private mutating func frames(_ found: FactsGatherer.Found) throws -> VideoFrames {
    if let video, video.file == found.file, video.stamp == found.stamp { return video.frames }
    let frames = try VideoFrames(found.file, name: found.name)
    video = (found.file, found.stamp, frames)
    return frames
  }

  private mutating func digest(_ found: FactsGatherer.Found) throws -> Digest {
    if let known, known.file == found.file { return known.digest }
    let digest = try FileBytes.digest(found.file, name: found.name, token: token)
    known = (found.file, digest)
    return digest
  }
}
