internal import KeyreelCore
internal import SystemPackage

/// Adds up all parts of a film's sound, a little at a time; used on one thread only.
///
/// A file is open only while it is heard, so memory does not grow with the number of parts.
public final class SoundMixer {
  /// One part that is being heard.
  private struct Voice {
    let part: SoundPart
    let envelope: SoundEnvelope
    let reader: SoundReader
  }

  /// Samples in all.
  public let samples: Int
  private let factor: Float
  /// Parts not yet heard, the next one last.
  private var pending: [SoundPart]
  private var voices: [Voice] = []
  private var position = 0

  /// The sum of `parts`, exactly `samples` long, every sample multiplied by `factor`.
  ///
  /// Throws an ``OperationError`` that names the file when one cannot be opened or has no sound; all
  /// are looked at before anything is heard.
  public init(_ parts: [SoundPart], samples: Int, factor: Double = 1) throws {
    self.samples = samples
    self.factor = Float(factor)
    let heard = parts.filter { !$0.range.clamped(to: 0..<samples).isEmpty }
    pending = heard.sorted { $0.range.lowerBound > $1.range.lowerBound }
    for path in Set(heard.map(\.path)).sorted(by: { $0.string < $1.string }) {
      guard try InputFile(path).audioStream != nil else {
        throw OperationError(
          .unsupported, "\(path): there is no sound in the file", remedy: "give a sound file")
      }
    }
  }

  /// The next samples of both sides, at most `count`; empty at the end.
  public func read(_ count: Int) throws -> (left: [Float], right: [Float]) {
    let count = min(count, samples - position)
    guard count > 0 else { return ([], []) }
    let window = position..<position + count
    while let next = pending.last, next.range.lowerBound < window.upperBound {
      pending.removeLast()
      try open(next)
    }
    var left = [Float](repeating: 0, count: count)
    var right = left
    for voice in voices { try add(voice, in: window, to: &left, &right) }
    voices.removeAll { $0.part.range.upperBound <= window.upperBound }
    position = window.upperBound
    return (left, right)
  }

  private func open(_ part: SoundPart) throws {
    let begin = max(part.range.lowerBound, position)
    voices.append(
      Voice(
        part: part, envelope: SoundEnvelope(part),
        reader: try SoundReader(part, from: part.start + begin - part.anchor)))
  }

  private func add(
    _ voice: Voice, in window: Range<Int>, to left: inout [Float], _ right: inout [Float]
  ) throws {
    let heard = voice.part.range.clamped(to: window)
    guard !heard.isEmpty else { return }
    let sound = try voice.reader.read(heard.count)
    let offset = heard.lowerBound - window.lowerBound
    for index in 0..<heard.count {
      let factor = voice.envelope.factor(at: heard.lowerBound + index) * factor
      left[offset + index] += sound.left[index] * factor
      right[offset + index] += sound.right[index] * factor
    }
  }
}
