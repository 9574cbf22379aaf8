internal import CFFmpeg
internal import KeyreelCore
internal import SystemPackage

/// Decodes music as 48 kHz stereo of an exact length: cut, padded with silence, with gain and fades.
final class SoundSource {
  /// Samples of one stretch, AAC's frame.
  private static let stretch = 1024

  private let settings: SoundSettings
  private let input: InputFile
  private let stream: Int
  private let decoder: Decoder
  private let packet: Packet
  private let frame: LibavFrame
  private let envelope: SoundEnvelope
  private var converter: SoundConverter?
  /// Decoded samples that were not handed out yet, of both sides.
  private var waiting: (left: [Float], right: [Float]) = ([], [])
  /// Samples of the music before the beginning, still to be thrown away.
  private var skipped: Int
  private var position = 0
  private var isAtEnd = false

  init(_ settings: SoundSettings) throws {
    self.settings = settings
    envelope = SoundEnvelope(settings)
    // A day in nanoseconds times the rate does not fit into 64 bits.
    let start = Int128(settings.start) * Int128(SoundSettings.sampleRate)
    skipped = Int(clamping: (start + 500_000_000) / 1_000_000_000)
    input = try InputFile(settings.path)
    guard let stream = input.audioStream else {
      throw OperationError(
        .unsupported, "\(settings.path): there is no sound in the file",
        remedy: "give a sound file")
    }
    self.stream = stream
    input.keepOnly([stream])
    // Slips in compressed music are heard as nothing; refusing the film for them helps nobody.
    decoder = try Decoder(input, stream: stream, strict: false)
    packet = try Packet()
    frame = try LibavFrame()
  }

  /// The next stretch of finished sound; `false` when all has been read.
  func read(into result: LibavFrame) throws -> Bool {
    let count = min(Self.stretch, settings.samples - position)
    guard count > 0 else { return false }
    while waiting.left.count < count, !isAtEnd { try advance() }
    try SoundConverter.makeBuffer(in: result, samples: count)
    for (plane, samples) in [waiting.left, waiting.right].enumerated() {
      SoundConverter.withSamples(of: result, plane: plane) { target in
        for index in 0..<count {
          let sample = index < samples.count ? samples[index] : 0
          target[index] = sample * envelope.factor(at: position + index)
        }
      }
    }
    waiting.left.removeFirst(min(count, waiting.left.count))
    waiting.right.removeFirst(min(count, waiting.right.count))
    position += count
    return true
  }

  /// Decodes one more packet; at the end of the file, what is left in the decoder.
  private func advance() throws {
    while try input.read(into: packet) {
      guard packet.stream == stream else { continue }
      try decoder.decodeWhatIsWhole(packet, into: frame, take)
      return
    }
    isAtEnd = true
    try decoder.decodeWhatIsWhole(nil, into: frame, take)
    guard let converter else {
      throw OperationError(
        .corrupt, "\(settings.path): there is no sound that can be decoded in the file",
        remedy: "give a sound file")
    }
    keep(try converter.convert(nil))
  }

  private func take(_ frame: LibavFrame) throws {
    let format = frame.pointer.pointee
    guard format.ch_layout.nb_channels > 0, format.sample_rate > 0, format.nb_samples > 0 else {
      return
    }
    if let converter, !converter.fits(frame) {
      keep(try converter.convert(nil))
      self.converter = nil
    }
    let converter = try converter ?? SoundConverter(like: frame, file: settings.path.string)
    self.converter = converter
    keep(try converter.convert(frame))
  }

  private func keep(_ samples: (left: [Float], right: [Float])) {
    let cut = min(skipped, samples.left.count)
    skipped -= cut
    waiting.left += samples.left[cut...]
    waiting.right += samples.right[cut...]
  }
}
