import Foundation
import KeyreelTesting

/// A pipeline made by chance, with what its film must be by the rules of film algebra.
///
/// The expectation is worked out here from what is written into the YAML, not from the tool's plan.
struct GeneratedPipeline {
  /// A keyframe that must be seen at a frame of the film.
  struct Seen {
    var still: Int
    var frame: Int
    /// Whether a crossfade or fade mixes other pictures into it.
    var isMixed = false
  }

  /// The file's text.
  let yaml: String
  let frames: Int
  let width: Int
  let height: Int
  /// Frames per second.
  let rate: Int
  let seen: [Seen]
  /// Whether the film is nothing but whole clips put together, so that all frames are known exactly.
  let isPure: Bool

  /// How many stills there are to choose from.
  static let stills = 8
  /// Frames of the footage that sequences may show.
  static let footageFrames = 24

  /// The pipeline that `seed` makes.
  init(seed: UInt64) {
    var draft = Draft(random: SplitMix(seed: seed))
    draft.write()
    yaml = draft.lines.joined(separator: "\n") + "\n"
    frames = draft.length
    (width, height) = draft.size
    rate = draft.rate
    isPure = draft.isPure
    var seen = draft.seen
    for index in seen.indices {
      let frame = seen[index].frame
      let fades = frame < draft.fadeIn || frame >= draft.length - draft.fadeOut
      let mixed = draft.mixed.contains { $0.contains(frame) }
      seen[index].isMixed = fades || mixed
    }
    self.seen = seen
  }

  private struct Draft {
    var random: SplitMix
    var lines: [String] = [
      "keyreel: 1", "prompt: bands of grey", "defaults:", "  model: \(TinyModel.id)",
    ]
    /// Film frames so far.
    var length = 0
    /// Film frames that the last piece can give to a crossfade.
    var room = 0
    var seen: [Seen] = []
    /// Film frames in which two sequences are seen.
    var mixed: [Range<Int>] = []
    var isPure = true
    var size = (64, 48)
    var rate = 30
    var fadeIn = 0
    var fadeOut = 0

    mutating func chance(_ percent: Int) -> Bool {
      Int.random(in: 0..<100, using: &random) < percent
    }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func write() {
      if chance(15) { size = [(32, 24), (96, 72), (128, 96)][number(0...2)] }
      if chance(10) { rate = 60 }
      isPure = size == (64, 48) && rate == 30
      lines.append("sequences:")
      let count = number(1...3)
      for index in 0..<count { addSequence(index, isLast: index == count - 1) }
      lines.append("film:")
      lines.append("  size: \(size.0)x\(size.1)")
      lines.append("  rate: \(rate)")
      if chance(10) {
        fadeIn = number(0...min(4, length / 2))
        fadeOut = number(0...min(4, length / 2))
        lines.append("  fade_in: \(fadeIn)")
        lines.append("  fade_out: \(fadeOut)")
        isPure = isPure && fadeIn + fadeOut == 0
      }
    }

    private mutating func addSequence(_ index: Int, isLast: Bool) {
      lines.append("  - name: s\(index)")
      if chance(15) { addFootage(index) } else { addChain(index, isLast: isLast) }
    }

    /// Some frames of the clip of our own, at its rate of 30.
    private mutating func addFootage(_ index: Int) {
      let start = number(0...10)
      let count = number(4...(footageFrames - start))
      lines.append("    clip: footage.mp4")
      lines.append("    in: \(start)")
      lines.append("    out: \(start + count)")
      let frames = (count - 1) * rate / 30 + 1
      join(index, room: frames)
      length += frames
      room = frames - taken
      isPure = false
    }

    private mutating func addChain(_ index: Int, isLast: Bool) {
      let count = number(2...4)
      let loops = count > 2 && chance(20)
      let steps = loops ? count : count - 1
      let clips = (0..<steps).map { _ in number(2...8) }
      let holds = (0..<count).map { _ in chance(20) ? number(1...3) : 0 }
      var stills: [Int] = []
      for _ in 0..<count {
        stills.append(number(0...(GeneratedPipeline.stills - 1)))
        while stills.count > 1,
          stills[stills.count - 1] == stills[stills.count - 2]
            || (stills.count == count && stills.last == stills.first)
        {
          stills[stills.count - 1] = number(0...(GeneratedPipeline.stills - 1))
        }
      }
      if loops { lines.append("    loop: true") }
      if chance(15) { lines.append("    chain: rendered") }
      if holds.contains(where: { $0 > 0 }) { isPure = false }
      let firstPiece =
        piece(clips[0], drops: steps > 1 || (loops && isLast)) + holds[0]
        + (steps == 1 ? holds[1] : 0)
      join(index, room: firstPiece)
      lines.append("    keyframes:")
      var position = length
      for keyframe in 0..<count {
        seen.append(Seen(still: stills[keyframe], frame: position))
        lines.append("      - image: stills/\(stills[keyframe]).png")
        if holds[keyframe] > 0 { lines.append("        hold: \(holds[keyframe])") }
        position += holds[keyframe]
        guard keyframe < steps else { continue }
        lines.append("        next: {frames: \(clips[keyframe])}")
        position += (clips[keyframe] - 1) * rate / 30
      }
      // `position` is now the frame of the closing keyframe, holds of an open end included.
      let closes = !(loops && isLast)
      // A closing keyframe that is left out has no frame of its own.
      if loops, closes { seen.append(Seen(still: stills[0], frame: position)) }
      length = position + (closes ? 1 : 0)
      room =
        piece(clips[steps - 1], drops: !closes) + holds[steps - 1]
        + (loops ? 0 : holds[count - 1])
      if steps == 1 { room -= taken }
    }

    /// What the crossfade into the newest sequence has taken from its first piece.
    var taken = 0

    private func piece(_ clip: Int, drops: Bool) -> Int {
      (clip - 1) * rate / 30 + (drops ? 0 : 1)
    }

    /// Maybe a crossfade into the sequence that begins here, whose first piece has `room` frames.
    private mutating func join(_ index: Int, room next: Int) {
      taken = 0
      let most = min(room, next, 4) / 2
      guard index > 0, chance(35), most > 0 else { return }
      let frames = number(1...most)
      taken = frames
      let overlaps = chance(50)
      lines.append("    join: {crossfade: \(frames), handles: \(overlaps ? "overlap" : "freeze")}")
      if overlaps {
        length -= frames
        mixed.append(length..<(length + frames))
      } else {
        mixed.append((length - frames)..<(length + frames))
      }
      isPure = false
    }
  }
}
