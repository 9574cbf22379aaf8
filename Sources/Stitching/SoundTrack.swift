internal import KeyreelCore
internal import Media
internal import SystemPackage

/// The film's sound, written beside its pictures.
final class SoundTrack {
  private let renderer: SoundRenderer
  private let packet: Packet
  private let frameRate: FrameRate
  private let samples: Int
  private var stream = 0
  private var written = 0
  private var isFinished = false

  init(_ bed: Assembly.SoundBed, path: FilePath, frames: Int, frameRate: FrameRate) throws {
    self.frameRate = frameRate
    samples = Self.samples(frames, frameRate)
    renderer = try SoundRenderer(
      SoundSettings(
        path: path, start: bed.start, gain: bed.gain,
        fadeIn: Self.samples(min(bed.fadeIn, frames), frameRate),
        fadeOut: Self.samples(min(bed.fadeOut, frames), frameRate), samples: samples))
    packet = try Packet()
  }

  /// More packets than there will be: an AAC packet holds 1024 samples.
  var packets: Int { samples / 1024 + 4 }

  func add(to output: OutputFile) throws { stream = try output.addStream(of: renderer) }

  /// Writes sound up to a second beyond film frame `frame`; `nil`: all that is left.
  func write(to output: OutputFile, until frame: Int?) throws {
    let end = frame.map { Self.samples($0, frameRate) + SoundSettings.sampleRate } ?? .max
    while !isFinished, written < end {
      guard try renderer.read(into: packet) else {
        isFinished = true
        return
      }
      packet.stream = stream
      written = Int(packet.presentationTime ?? 0)
      try output.write(packet)
    }
  }

  /// Samples that last as long as `frames` frames, to the nearest.
  private static func samples(_ frames: Int, _ rate: FrameRate) -> Int {
    let numerator = frames * SoundSettings.sampleRate * rate.denominator
    return (2 * numerator + rate.numerator) / (2 * rate.numerator)
  }
}
