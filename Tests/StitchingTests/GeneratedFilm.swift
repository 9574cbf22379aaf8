import KeyreelCore
import Media
import Stitching
import SystemPackage

/// A film invented from a seed, with what it must look like.
struct GeneratedFilm {
  private(set) var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [])
  /// All pictures of each piece at the film's rate, as they were drawn.
  private(set) var pictures: [[Expectation.Picture]] = []
  private let clips: [ClipPool.Clip]
  private var dice: SplitMix

  init(seed: UInt64, pool: ClipPool) {
    dice = SplitMix(state: seed)
    clips = pool.clips
    var pieces: [Assembly.Piece] = []
    // Frames of the last piece that no crossfade uses yet.
    var free = 0
    for index in 0..<dice.roll(1...6) {
      var piece = Assembly.Piece(source: .still(Self.use(0)), label: "piece \(index)", frames: 1)
      fill(&piece)
      let own = pictures[index].count
      if own > 1, dice.isLucky(2) { piece.dropsLast = true }
      if dice.isLucky(5) { piece.holdBefore = dice.roll(1...9) }
      if !piece.dropsLast, dice.isLucky(5) { piece.holdAfter = dice.roll(1...9) }
      let length = own - (piece.dropsLast ? 1 : 0) + piece.holdBefore + piece.holdAfter
      var used = 0
      if index > 0, dice.isLucky(4) {
        let handles: HandleMode = dice.isLucky(2) ? .overlap : .freeze
        let most =
          handles == .overlap ? min(free, length) : min(2 * free, 2 * length - 1, free + length)
        if most > 0 {
          let frames = dice.roll(1...min(most, 12))
          piece.crossfade = .init(frames: frames, handles: handles)
          used = handles == .overlap ? frames : frames - frames / 2
        }
      }
      free = length - used
      pieces.append(piece)
    }
    assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: pieces,
      fadeIn: dice.isLucky(4) ? dice.roll(1...12) : 0,
      fadeOut: dice.isLucky(4) ? dice.roll(1...12) : 0, crf: 8)
  }

  /// Where everything is.
  var sources: FilmSources {
    let clips = clips
    return FilmSources(
      clip: { key in clips.first { Studio.key($0.name) == key }?.path ?? "missing" },
      file: { FilePath($0) },
      still: { use in Self.picture(Int(use.name) ?? 0) })
  }

  private mutating func fill(_ piece: inout Assembly.Piece) {
    let clip = clips[dice.roll(0...clips.count - 1)]
    switch dice.roll(0...9) {
    case 0:
      let name = dice.roll(1000...9999)
      piece.source = .still(Self.use(name))
      piece.frames = dice.roll(1...20)
      pictures.append(Array(repeating: Mark(clip: name, frame: 0).levels, count: piece.frames))
    case 1...3:
      let start = dice.roll(0...clip.frames - 1)
      let count = dice.roll(1...clip.frames - start)
      piece.source = .footage(
        path: clip.path.string, digest: Digest.of(clip.kind), start: start, count: count,
        fit: .stretch)
      piece.frames = max(1, Self.rescaled(count, clip.rate))
      pictures.append(spread(Array(clip.pictures[start..<start + count]), over: piece.frames))
    default:
      piece.source = .clip(Studio.key(clip.name))
      let count = clip.rate == .thirty ? clip.frames : Self.rescaled(clip.frames - 1, clip.rate) + 1
      // Other frames than planned: the film is re-timed.
      piece.frames = clip.rate == .thirty && dice.isLucky(6) ? count + dice.roll(1...4) : count
      pictures.append(spread(clip.pictures, over: count))
    }
  }

  private func spread(_ all: [Expectation.Picture], over count: Int) -> [Expectation.Picture] {
    guard all.count != count else { return all }
    return (0..<count).map { index in
      count == 1 ? all[0] : all[(2 * index * (all.count - 1) + count - 1) / (2 * (count - 1))]
    }
  }

  private static func rescaled(_ count: Int, _ rate: FrameRate) -> Int {
    (2 * count * 30 + rate.numerator) / (2 * rate.numerator)
  }

  static func use(_ name: Int) -> KeyframeUse {
    KeyframeUse(
      name: "\(name)", source: nil,
      recipe: PictureRecipe(
        origin: .still(Digest.of("\(name)")), fit: .cover, focus: .center, canvas: Mark.size))
  }

  /// A still in RGB: gray levels that come out as the mark's luma.
  static func picture(_ name: Int) -> FittedPicture {
    let luma = Mark(clip: name, frame: 0).frame().luma
    let gray = luma.map { UInt8(((Double($0) - 16) * 255 / 219).rounded()) }
    return FittedPicture(size: Mark.size, pixels: gray.flatMap { [$0, $0, $0] })
  }
}

/// A small generator of random numbers with a seed (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True once in `times`.
  mutating func isLucky(_ times: Int) -> Bool { roll(1...times) == 1 }
}
