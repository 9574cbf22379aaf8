internal import CFFmpeg
internal import KeyreelCore
internal import SystemPackage

/// Samples of both sides.
typealias StereoSamples = (left: [Float], right: [Float])

/// Decodes a file's sound as 48 kHz stereo in order; used on one thread only.
final class SoundReader {
  private let path: FilePath
  private let loops: Bool
  /// Where the file is begun again.
  private let loopStart: Int
  private let followsPictures: Bool
  private var pass: Pass
  /// Decoded samples that were not handed out yet.
  private var waiting: StereoSamples = ([], [])
  /// Samples before the beginning, still to be thrown away; below zero: silence to come first.
  private var skipped: Int
  private var isAtEnd = false

  /// Stands at sample `start` of the file; before its beginning there is silence.
  init(_ part: SoundPart, from start: Int) throws {
    path = part.path
    loops = part.loops
    loopStart = part.start
    followsPictures = part.followsPictures
    skipped = start
    pass = try Pass(part.path)
    if skipped < 0, !followsPictures { lead(-skipped) }
  }

  /// The next `count` samples; silence where the file has none.
  func read(_ count: Int) throws -> StereoSamples {
    while waiting.left.count < count, !isAtEnd { try advance() }
    let found = min(count, waiting.left.count)
    var result = (Array(waiting.left[..<found]), Array(waiting.right[..<found]))
    waiting.left.removeFirst(found)
    waiting.right.removeFirst(found)
    if found < count {
      let silence = [Float](repeating: 0, count: count - found)
      result.0 += silence
      result.1 += silence
    }
    return result
  }

  private func advance() throws {
    let isFirst = !pass.hasBegun
    if let samples = try pass.next() {
      // Only the first frame that decodes tells where the sound stands beside the pictures.
      if isFirst, pass.hasBegun, followsPictures { align() }
      keep(samples)
      return
    }
    // A file that has nothing behind the place where it begins again would turn for ever.
    guard loops, pass.samples > loopStart else {
      isAtEnd = true
      return
    }
    pass = try Pass(path)
    skipped = loopStart
  }

  private func align() {
    skipped -= pass.lead
    if skipped < 0 { lead(-skipped) }
  }

  private func lead(_ count: Int) {
    // Nobody hears a day of silence before a sound; and it would not fit into memory.
    let silence = [Float](repeating: 0, count: min(count, 1 << 24))
    waiting.left += silence
    waiting.right += silence
    skipped = 0
  }

  private func keep(_ samples: StereoSamples) {
    let cut = min(skipped, samples.left.count)
    skipped -= cut
    waiting.left += samples.left[cut...]
    waiting.right += samples.right[cut...]
  }
}

extension SoundReader {
  /// One way through the file, from its beginning to its end.
  private final class Pass {
    private let path: FilePath
    private let input: InputFile
    private let stream: Int
    private let decoder: Decoder
    private let packet: Packet
    private let frame: LibavFrame
    private var converter: SoundConverter?
    private var fresh: StereoSamples = ([], [])
    private var isDrained = false
    /// Samples so far.
    private(set) var samples = 0
    /// Samples by which the sound begins after the first picture.
    private(set) var lead = 0
    var hasBegun: Bool { converter != nil }

    init(_ path: FilePath) throws {
      self.path = path
      input = try InputFile(path)
      guard let stream = input.audioStream else {
        throw OperationError(
          .unsupported, "\(path): there is no sound in the file", remedy: "give a sound file")
      }
      self.stream = stream
      input.keepOnly([stream])
      // Slips in compressed music are heard as nothing; refusing the film for them helps nobody.
      decoder = try Decoder(input, stream: stream, strict: false)
      packet = try Packet()
      frame = try LibavFrame()
    }

    /// What comes next, which may be no samples; `nil` at the end.
    func next() throws -> StereoSamples? {
      guard !isDrained else { return nil }
      fresh = ([], [])
      if try readPacket() {
        try decoder.decodeWhatIsWhole(packet, into: frame, take)
      } else {
        isDrained = true
        try decoder.decodeWhatIsWhole(nil, into: frame, take)
        guard let converter else {
          throw OperationError(
            .corrupt, "\(path): there is no sound that can be decoded in the file",
            remedy: "give a sound file")
        }
        add(try converter.convert(nil))
      }
      return fresh
    }

    private func readPacket() throws -> Bool {
      while try input.read(into: packet) {
        if packet.stream == stream { return true }
      }
      return false
    }

    private func take(_ frame: LibavFrame) throws {
      let format = frame.pointer.pointee
      guard format.ch_layout.nb_channels > 0, format.sample_rate > 0, format.nb_samples > 0 else {
        return
      }
      if converter == nil { lead = distance(to: format) }
      if let converter, !converter.fits(frame) {
        add(try converter.convert(nil))
        self.converter = nil
      }
      let converter = try converter ?? SoundConverter(like: frame, file: path.string)
      self.converter = converter
      add(try converter.convert(frame))
    }

    /// Samples from the first picture to the first sound, as the file's clocks tell.
    private func distance(to frame: AVFrame) -> Int {
      guard let video = input.videoStream, frame.pts != avx_nopts_value else { return 0 }
      let ticks = AVRational(num: 1, den: Int32(SoundFormat.sampleRate))
      let begin = input.stream(video).pointee.start_time
      let picture =
        begin == avx_nopts_value
        ? 0 : av_rescale_q(begin, input.stream(video).pointee.time_base, ticks)
      let sound = av_rescale_q(frame.pts, input.stream(stream).pointee.time_base, ticks)
      // What is hours away is a broken clock, not a late sound.
      let lead = sound.subtractingReportingOverflow(picture)
      let limit = Int64(SoundFormat.sampleRate) * 3600
      return lead.overflow || abs(lead.partialValue) > limit ? 0 : Int(lead.partialValue)
    }

    private func add(_ samples: StereoSamples) {
      self.samples += samples.left.count
      fresh.left += samples.left
      fresh.right += samples.right
    }
  }
}
