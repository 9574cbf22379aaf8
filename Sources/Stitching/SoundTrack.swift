internal import KeyreelCore
internal import Media
internal import SystemPackage

/// The film's sound, mixed once and written beside the pictures of every file that has sound.
final class SoundTrack {
  /// Samples that are mixed at once.
  private static let stretch = 1024

  /// One file that is written.
  private final class Lane {
    let output: OutputFile
    let encoder: SoundEncoder
    let stream: Int

    init(_ output: OutputFile, _ codec: SoundCodec) throws {
      self.output = output
      encoder = try SoundEncoder(codec)
      stream = try output.addStream(of: encoder)
    }

    func write(_ packet: Packet) throws {
      packet.stream = stream
      try output.write(packet)
    }
  }

  /// What was measured and done about loudness; `nil` when none was asked for.
  let verdict: SoundVerdict?
  private let score: SoundScore
  private let mixer: SoundMixer
  private var lanes: [Lane] = []
  private var written = 0
  private var isFinished = false

  /// The sound of `assembly`; with a loudness to reach, all of it is heard once before.
  init(_ assembly: Assembly, score: SoundScore, token: CancellationToken) throws {
    self.score = score
    let parts = try score.parts(assembly)
    verdict = try assembly.loudness.map {
      try Self.verdict(parts, samples: score.samples, target: $0, token)
    }
    mixer = try SoundMixer(parts, samples: score.samples, factor: verdict?.factor ?? 1)
  }

  /// More packets than there will be: an AAC packet holds 1024 samples.
  var packets: Int { score.samples / 960 + 4 }

  func add(to output: OutputFile, as codec: SoundCodec = .aac) throws {
    lanes.append(try Lane(output, codec))
  }

  /// Writes sound up to a second beyond film frame `frame`; `nil`: all that is left.
  func write(until frame: Int?) throws {
    let end = frame.map { score.sample($0) + SoundFormat.sampleRate } ?? .max
    while !isFinished, written < end {
      let sound = try mixer.read(Self.stretch)
      guard !sound.left.isEmpty else {
        isFinished = true
        for lane in lanes { try lane.encoder.finish(lane.write) }
        return
      }
      written += sound.left.count
      for lane in lanes { try lane.encoder.encode(sound, lane.write) }
    }
  }

  private static func verdict(
    _ parts: [SoundPart], samples: Int, target: Int, _ token: CancellationToken
  ) throws -> SoundVerdict {
    let mixer = try SoundMixer(parts, samples: samples)
    var meter = LoudnessMeter()
    while true {
      try token.check()
      let sound = try mixer.read(4096)
      if sound.left.isEmpty { break }
      meter.add(sound)
    }
    return SoundVerdict(meter.loudness, target: Double(target) / 100)
  }
}
