public import KeyreelCore

/// Makes valid pipeline documents, and facts of the files they name, for the default model.
///
/// Everything that the language can say about a film occurs: named and in-place keyframes, holds,
/// absolute times, durations and frame counts, loops, both chain modes, crossfades, footage, stills,
/// takes, fades and music. The files need not exist.
public struct PlanGenerator: Sendable {
  /// What a case consists of.
  public struct Sample: Sendable {
    /// The document.
    public var document: PipelineDocument
    /// What is known of every file that it names.
    public var facts: SourceFacts
  }

  private var random: SplitMix
  private var line = 0

  /// A generator whose samples depend on `seed` alone.
  public init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// The next sample: `sequences` sequences, or one to four of them.
  public mutating func sample(sequences: Int? = nil) -> Sample {
    line = 0
    var document = PipelineDocument(
      path: "pipelines/case.yaml", displayPath: "pipelines/case.yaml",
      digest: Digest.of("case \(random.next())"), name: "case")
    document.defaults.parameters = [parameter("prompt", .string("a lake between hills"))]
    if chance(3) { document.defaults.style = written("soft light") }
    if chance(2) { document.defaults.duration = written(duration()) }
    document.keyframes = (0..<4).map { index in
      PipelineDocument.NamedKeyframe(
        name: written("key\(index)"),
        picture: .init(source: written(.file("stills/key\(index).jpg"))))
    }
    let count = sequences ?? Int.random(in: 1...4, using: &random)
    for place in 0..<count { document.sequences.append(sequence(place)) }
    if chance(4) { document.film.fadeIn = written(.frames(Int.random(in: 0...2, using: &random))) }
    if chance(4) { document.film.rate = written(FrameRate(24000, 1001) ?? .thirty) }
    if chance(4) { document.film.audio = .init(file: written("music/theme.wav")) }
    return Sample(document: document, facts: Self.facts(for: document))
  }

  /// Facts of every file that `document` names, derived from the names.
  public static func facts(for document: PipelineDocument) -> SourceFacts {
    var facts = SourceFacts()
    for reference in document.references {
      facts.entries[reference.value] = .success(fact(of: reference.value))
    }
    return facts
  }

  private static func fact(of reference: SourceReference) -> SourceFact {
    switch reference {
    case .picture(let source):
      let digest = Digest.of("\(source)")
      var frame: Int?
      if case .video = source { frame = Int(digest.bytes[0]) }
      return .picture(
        PictureFact(
          digest: digest, frame: frame, size: PixelSize(width: 1280, height: 720),
          thumbnail: (0..<24).flatMap { _ in digest.bytes }))
    case .footage(let path):
      return .footage(
        FootageFact(
          digest: Digest.of(path), size: PixelSize(width: 1280, height: 720),
          frameRate: FrameRate(25) ?? .thirty, frames: 200))
    case .captions(let path):
      return .captions(
        CaptionFact(
          digest: Digest.of(path),
          cues: [.init(start: 0, end: 1000, text: path, line: 2)]))
    case .font(let path): return .font(Digest.of(path))
    case .sound(let path):
      return .sound(SoundFact(digest: Digest.of(path), sampleRate: 48000, samples: 48000 * 60))
    }
  }

  private mutating func sequence(_ place: Int) -> PipelineDocument.Sequence {
    line += 1
    let content: PipelineDocument.Content =
      switch Int.random(in: 0..<8, using: &random) {
      case 0: .footage(footage())
      case 1: .keyframes(still())
      default: .keyframes(chain(place))
      }
    var sequence = PipelineDocument.Sequence(span: span(), content: content)
    if chance(2) { sequence.name = written("part\(place)") }
    if place > 0, chance(3) {
      sequence.join = .init(crossfade: written(.frames(Int.random(in: 0...4, using: &random))))
      if chance(2) { sequence.join?.handles = written(.freeze) }
    }
    return sequence
  }

  private mutating func footage() -> PipelineDocument.Footage {
    var footage = PipelineDocument.Footage(file: written("footage/intro.mp4"))
    if chance(2) { footage.start = written(.time(nanoseconds: 500_000_000)) }
    if chance(2) { footage.end = written(.frames(Int.random(in: 60...200, using: &random))) }
    return footage
  }

  private mutating func still() -> PipelineDocument.KeyframeChain {
    var stop = PipelineDocument.Stop(subject: written(.named("key1")))
    stop.hold = written(.frames(Int.random(in: 10...40, using: &random)))
    return PipelineDocument.KeyframeChain(stops: [stop])
  }

  private mutating func chain(_ place: Int) -> PipelineDocument.KeyframeChain {
    let count = Int.random(in: 2...6, using: &random)
    let isTimed = chance(4)
    var stops: [PipelineDocument.Stop] = []
    for index in 0..<count {
      var stop = stop(place, index)
      if isTimed, index > 0 {
        stop.time = written(.time(nanoseconds: Int64(index) * 3_141_592_653))
      } else if chance(4) {
        stop.hold = written(duration(scale: 10))
      }
      if !isTimed, index < count - 1 { stop.next = next(place, index) }
      stops.append(stop)
    }
    var chain = PipelineDocument.KeyframeChain(stops: stops)
    if chance(4) { chain.loops = written(true) }
    if chance(4) { chain.chain = written(.rendered) }
    if chance(3) { chain.settings.style = written("35 mm film") }
    return chain
  }

  private mutating func stop(_ place: Int, _ index: Int) -> PipelineDocument.Stop {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: PipelineDocument.Stop(subject: written(.named("key\(index % 4)")))
    case 1:
      PipelineDocument.Stop(
        subject: written(.picture(.video("footage/plate.mp4", at: .frames(place * 10 + index)))))
    default:
      PipelineDocument.Stop(
        subject: written(.picture(.file("stills/s\(place)-\(index).jpg"))))
    }
  }

  private mutating func next(_ place: Int, _ index: Int) -> PipelineDocument.Settings {
    var next = PipelineDocument.Settings()
    switch Int.random(in: 0..<4, using: &random) {
    case 0: next.duration = written(duration())
    case 1: next.frames = written(Int.random(in: 30...90, using: &random))
    default: break
    }
    if chance(2) {
      next.parameters.append(parameter("prompt", .string("shot \(place) \(index)")))
    }
    if chance(4) { next.parameters.append(parameter("seed", .integer(index + 7))) }
    if chance(6) {
      next.takes = written(3)
      next.pick = written(2)
    }
    return next
  }

  /// One to four seconds, often no whole number of frames; divided by `scale` for holds.
  private mutating func duration(scale: Int64 = 1) -> TimeLength {
    .time(nanoseconds: Int64.random(in: 1000...4000, using: &random) * 1_000_000 / scale)
  }

  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &random) == 0
  }

  private mutating func parameter(
    _ name: String, _ value: ParameterValue
  ) -> PipelineDocument.Settings.Parameter {
    .init(name: written(name), value: written(value))
  }

  private mutating func written<Value>(_ value: Value) -> Written<Value> {
    Written(value, at: span())
  }

  /// Every value stands on a line of its own.
  private mutating func span() -> SourceSpan {
    line += 1
    return SourceSpan(start: .init(line: line, column: 1), end: .init(line: line, column: 8))
  }
}
