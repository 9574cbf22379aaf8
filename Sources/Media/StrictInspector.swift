internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// Looks at every picture of a clip and refuses what players would conceal.
///
/// Checked: it is an mp4 (by its bytes), nothing is missing at the end, no packet is damaged, as many
/// packets as the header promises, a constant rate, and every frame decodes without an error.
public struct StrictInspector: ClipInspector {
  private let threads: Int
  private let measuresEdges: Bool

  /// An inspector that decodes each clip with `threads` threads.
  ///
  /// With `measuresEdges` the first and last frames are measured on the way, as joins of films ask for.
  /// Not of small clips: there decoding again costs less than keeping what was measured.
  public init(threads: Int = 2, measuresEdges: Bool = false) {
    self.threads = max(1, threads)
    self.measuresEdges = measuresEdges
  }

  /// Decodes the whole clip; throws an ``OperationError`` that names it when anything is wrong.
  public func inspect(_ file: FilePath) async throws -> ClipInspection {
    try await OwnThread.run { token in try inspect(file, token) }
  }

  private func inspect(
    _ file: FilePath, _ token: CancellationToken
  ) throws -> ClipInspection {
    let name = file.string
    let kind = FileKind(try FileBytes.head(file, name: name)[...])
    guard case .isoMedia = kind else {
      throw MediaFailure.wrongKind(name, kind, wanted: "an mp4 clip")
    }
    let input = try InputFile(video: file)
    guard let stream = input.videoStream else {
      throw MediaFailure.damaged(name, "there is no video in the clip")
    }
    let promised = Int(input.stream(stream).pointee.nb_frames)
    var packets = KeptPackets()
    let shown = try MediaProbe.scan(input, stream: stream) { try packets.keep($0) }
    let facts = try MediaProbe.facts(of: input, stream: stream, shown, name: name)
    guard promised == 0 || promised == shown.packets else {
      throw MediaFailure.cutShort(name, "\(shown.packets) of \(promised) pictures are there")
    }
    guard facts.isConstantRate else {
      throw MediaFailure.damaged(name, "its frames are not equally far apart in time")
    }
    let isSmall = PacketScan.isSmall(facts.size, frames: facts.frames)
    var recorder: EdgeRecorder?
    if measuresEdges, !isSmall {
      recorder = EdgeRecorder(try PacketScan(file), size: facts.size, frames: facts.frames)
    }
    let decoder = try Decoder(
      input, stream: stream, strict: true, threads: isSmall ? 1 : threads)
    let decoded = try Self.decodedFrames(of: file, by: decoder, recorder: &recorder, token) {
      try packets.forEach(of: stream, in: file, $0)
    }
    guard decoded == facts.frames else {
      throw MediaFailure.damaged(name, "\(decoded) of \(facts.frames) frames decode")
    }
    return ClipInspection(
      frames: decoded, size: facts.size, frameRate: facts.frameRate, edges: recorder?.edges)
  }

  private static func decodedFrames(
    of file: FilePath, by decoder: Decoder, recorder: inout EdgeRecorder?,
    _ token: CancellationToken, packets: ((Packet) throws -> Void) throws -> Void
  ) throws -> Int {
    let frame = try LibavFrame()
    var decoded = 0
    func look(_ frame: LibavFrame) throws {
      let isWhole =
        frame.pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0
        && frame.pointer.pointee.decode_error_flags == 0
      guard isWhole else {
        throw MediaFailure.damaged(file.string, "frame \(decoded) decodes only in part")
      }
      try recorder?.look(frame, at: decoded)
      decoded += 1
    }
    try packets { packet in
      try token.check()
      try decoder.decode(packet, into: frame, look)
    }
    try decoder.decode(nil, into: frame, look)
    return decoded
  }
}
