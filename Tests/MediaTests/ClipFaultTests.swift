import Glibc
import KeyreelCore
import KeyreelTesting
import Media
import SystemPackage
import Testing

@Suite("A clip is looked at whole before it is believed")
struct ClipFaults {
  let scratch: ScratchFolder
  let clip: FilePath
  let size = PixelSize(width: 96, height: 64)

  init() throws {
    scratch = try ScratchFolder()
    clip = scratch.path.appending("clip.mp4")
    let writer = try ClipWriter(
      clip, settings: VideoSettings(size: size, frameRate: .thirty, crf: 12, keyInterval: 15))
    for index in 0..<60 {
      var frame = PlanarFrame.black(size)
      for place in frame.luma.indices {
        frame.luma[place] = UInt8(16 + (place * (index + 3) * 7 + place / 96 * 31) % 200)
      }
      try writer.append(frame)
    }
    try writer.finish()
  }

  func failure(_ bytes: [UInt8], named name: String = "broken.mp4") async throws -> OperationError {
    let path = scratch.path.appending(name)
    try FileBytes.write(bytes, to: path)
    let error = await #expect(throws: OperationError.self) {
      try await StrictInspector().inspect(path)
    }
    let found = try #require(error)
    #expect(found.message.contains(name), "\(found)")
    return found
  }

  @Test("A sound clip: frames, size and exact rate", arguments: [1, 2, 4])
  func sound(threads: Int) async throws {
    let inspection = try await StrictInspector(threads: threads).inspect(clip)
    #expect(inspection == ClipInspection(frames: 60, size: size, frameRate: .thirty))
    let facts = try MediaProbe.video(clip)
    #expect(facts.frames == 60 && facts.isConstantRate && facts.codec == "h264")
    #expect(!facts.hasSound && facts.orientation == 1)
  }

  @Test(
    "Exact rates of film and television",
    arguments: [(24000, 1001), (30000, 1001), (25, 1), (24, 1), (60, 1), (50, 1), (16, 1)])
  func rates(numerator: Int, denominator: Int) async throws {
    let rate = try #require(FrameRate(numerator, denominator))
    let path = scratch.path.appending("rate.mp4")
    let writer = try ClipWriter(
      path, settings: VideoSettings(size: size, frameRate: rate, bFrames: 2))
    for _ in 0..<40 { try writer.append(.black(size)) }
    try writer.finish()
    #expect(try MediaProbe.video(path).frameRate == rate)
    #expect(try await StrictInspector().inspect(path).frameRate == rate)
  }

  @Test("Cut anywhere, it is refused")
  func cut() async throws {
    let whole = try FileBytes.read(clip, name: "clip")
    for part in [1, 2, 5, 10, 25, 50, 75, 90, 99] {
      let error = try await failure(Array(whole.prefix(whole.count * part / 100)))
      #expect([.cutShort, .corrupt].contains(error.code), "\(part) %: \(error)")
    }
    let error = try await failure(Array(whole.dropLast()))
    #expect([.cutShort, .corrupt].contains(error.code))
  }

  @Test("Rotten bytes are noticed as often as the code itself shows them; players conceal all")
  func rot() async throws {
    let whole = try FileBytes.read(clip, name: "clip")
    let noticed = try await stride(from: whole.count / 2, to: whole.count - 3000, by: 1117)
      .asyncCount { place in
        var bytes = whole
        for offset in 0..<200 { bytes[place + offset] ^= 0x55 }
        let path = scratch.path.appending("rotten.mp4")
        try FileBytes.write(bytes, to: path)
        return await (try? StrictInspector().inspect(path)) == nil
      }
    let tried = stride(from: whole.count / 2, to: whole.count - 3000, by: 1117).map { $0 }.count
    // Entropy-coded noise decodes to something about every other time; digests guard what is kept.
    #expect(tried > 20)
    #expect(noticed * 3 >= tried, "\(noticed) of \(tried)")
  }

  @Test(
    "What is no clip at all is told as what it is",
    arguments: [
      ([], .emptyFile), (Array("<html>busy</html>".utf8), .wrongKind),
      (Array(#"{"detail":"quota"}"#.utf8), .wrongKind), (SamplePictures.gif, .unsupported),
      (SamplePictures.baseline, .wrongKind), ([UInt8](repeating: 0, count: 9000), .wrongKind),
    ] as [([UInt8], OperationError.Code)])
  func kinds(bytes: [UInt8], code: OperationError.Code) async throws {
    #expect(try await failure(bytes).code == code)
  }

  @Test("Frames that are not equally far apart")
  func uneven() async throws {
    let path = scratch.path.appending("uneven.mp4")
    let encoder = try VideoEncoder(VideoSettings(size: size, frameRate: .thirty))
    let output = try OutputFile(path)
    let stream = try output.addStream(of: encoder)
    func write(_ packet: Packet) throws {
      packet.stream = stream
      // From the tenth frame on, everything is two frames late.
      let time = packet.presentationTime ?? 0
      packet.presentationTime = time >= 10 ? time + 2 : time
      packet.decodeTime = packet.presentationTime
      try output.write(packet)
    }
    for _ in 0..<30 { try encoder.encode(.black(size), write) }
    try encoder.finish(write)
    try output.finish()
    let error = await #expect(throws: OperationError.self) {
      try await StrictInspector().inspect(path)
    }
    #expect(error?.message.contains("equally far apart") == true)
    #expect(try MediaProbe.video(path).isConstantRate == false)
  }

  /// The clip with these 20 bytes as the first five numbers of its display matrix.
  func turned(_ matrix: [UInt8]) throws -> FilePath {
    var bytes = try FileBytes.read(clip, name: "clip")
    let header = try #require(
      bytes.indices.first { bytes[$0...].starts(with: Array("tkhd".utf8)) })
    bytes.replaceSubrange(header + 44..<header + 64, with: matrix)
    let path = scratch.path.appending("turned.mp4")
    try FileBytes.write(bytes, to: path)
    return path
  }

  @Test("A display matrix of absurd numbers does no harm")
  func absurdMatrix() throws {
    let (zero, least) = ([UInt8](repeating: 0, count: 4), [UInt8]([128, 0, 0, 0]))
    let path = try turned(least + zero + zero + zero + [0, 1, 0, 0])
    #expect(try PacketScan(path).format.isMirrored)
    #expect(try MediaProbe.video(path).frames > 0)
    #expect(try PacketScan(turned(least + least + zero + least + least)).frames > 0)
  }

  @Test("Frames that are shown for years are damage, not a frame rate")
  func absurdRate() throws {
    var bytes = try FileBytes.read(clip, name: "clip")
    func box(_ name: String) throws -> Int {
      try #require(bytes.indices.first { bytes[$0...].starts(with: Array(name.utf8)) })
    }
    // ISO 14496-12, 8.4.2 and 8.6.1.2: ticks per second, and ticks per frame.
    let (scale, length) = (try box("mdhd") + 16, try box("stts") + 16)
    bytes.replaceSubrange(scale..<scale + 4, with: [0, 0, 0, 1])
    bytes.replaceSubrange(length..<length + 4, with: [0, 255, 255, 255])
    let path = scratch.path.appending("years.mp4")
    try FileBytes.write(bytes, to: path)
    let error = #expect(throws: OperationError.self) { try MediaProbe.video(path) }
    #expect(error?.message.contains("years.mp4 is damaged") == true, "\(error?.message ?? "")")
  }

  @Test(
    "More parameter sets than a record can count are no reason to copy", arguments: [1, 16, 31])
  func parameterSets(count: UInt8) throws {
    let set: [UInt8] = [0, 5, 0x67, 66, 0, 30, 7]
    let sets = (0..<count).flatMap { _ in set }
    let record = [1, 66, 0, 30, 0xFF, 0xE0 | count] + sets + [1, 0, 1, 0x68] as [UInt8]
    let configuration = try #require(AVCConfiguration(extradata: record))
    #expect(configuration.hasRoom == (count < 16))
    #expect(configuration.record.count == record.count)
  }

  @Test("A phone's film that stands on its side is read upright", arguments: 2...8)
  func rotation(orientation: Int) throws {
    // The matrix of ISO 14496-12, 8.3.2: a, b, u, c, d, v, …
    let one = [UInt8]([0, 1, 0, 0]), minus = [UInt8]([255, 255, 0, 0])
    let zero = [UInt8](repeating: 0, count: 4)
    let matrix =
      switch orientation {
      case 6: zero + one + zero + minus + zero
      case 3: minus + zero + zero + zero + minus
      case 2: minus + zero + zero + zero + one
      case 4: one + zero + zero + zero + minus
      case 5: zero + one + zero + one + zero
      case 7: zero + minus + zero + minus + zero
      default: zero + minus + zero + one + zero
      }
    let path = try turned(matrix)
    let facts = try MediaProbe.video(path)
    #expect(facts.orientation == orientation)
    let turned = PixelSize(width: 64, height: 96)
    #expect(facts.size == (orientation < 5 ? size : turned))
    let upright = try VideoFrames(clip).picture(at: 7).upright(from: orientation)
    #expect(try VideoFrames(path).picture(at: 7) == upright)
    // What a film shows of it is the same picture.
    let shown = try PictureReader(PacketScan(path), from: 7, size: facts.size).picture(7)
    let stored = try PictureReader(PacketScan(clip), from: 7, size: size).picture(7)
    let gray = RGBPicture(size: size, pixels: stored.luma.flatMap { [$0, $0, $0] })
    let grayUpright = gray.upright(from: orientation).pixels
    #expect(shown.luma == stride(from: 0, to: grayUpright.count, by: 3).map { grayUpright[$0] })
  }
}

extension ClipFaults {
  @Test(
    "Pixels that are not square are made square",
    arguments: [(4, 3, 128, 64), (3, 4, 96, 85), (9, 2, 96, 64), (0, 1, 96, 64)])
  func pixelShape(wide: UInt8, high: UInt8, width: Int, height: Int) throws {
    var bytes = try FileBytes.read(clip, name: "clip")
    // ISO 14496-12, 12.1.4.2: two 32-bit numbers behind the box's type.
    let box = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("pasp".utf8)) })
    bytes.replaceSubrange(box + 4..<box + 12, with: [0, 0, 0, wide, 0, 0, 0, high])
    let path = scratch.path.appending("anamorphic.mp4")
    try FileBytes.write(bytes, to: path)
    #expect(
      try VideoFrames(path).picture(at: 3).size == PixelSize(width: width, height: height))
    let shape = try PacketScan(path).format.sampleShape
    #expect((shape.numerator == shape.denominator) == (width == 96 && height == 64))
  }
}

extension Sequence {
  fileprivate func asyncCount(_ isCounted: (Element) async throws -> Bool) async rethrows -> Int {
    var count = 0
    for element in self where try await isCounted(element) { count += 1 }
    return count
  }
}

@Suite("Sound is measured to the sample")
struct SoundFactsTests {
  @Test("WAV files of several rates", arguments: [(8000, 1), (44_100, 12_345), (48_000, 100_000)])
  func wav(rate: Int, samples: Int) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path.appending("tone.wav")
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let data = [UInt8](repeating: 7, count: samples * 2)
    var bytes = Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8)
    bytes += little(16, 4) + little(1, 2) + little(1, 2) + little(rate, 4) + little(rate * 2, 4)
    bytes += little(2, 2) + little(16, 2) + Array("data".utf8) + little(data.count, 4) + data
    try FileBytes.write(bytes, to: path)
    let facts = try MediaProbe.sound(path)
    #expect(facts.sampleRate == rate && facts.samples == samples && facts.channels == 1)
    #expect(throws: OperationError.self) { try MediaProbe.video(path) }
  }
}
