internal import KeyreelCore
internal import Media
internal import SystemPackage

/// A film of which every frame is encoded, in any codec and container.
final class EncodedFilm: FrameTaker {
  private let path: FilePath
  private let film: StitchedFilm
  private let output: OutputFile
  private let encoder: FilmEncoder
  private let stream: Int
  private let captions: CaptionLanes?

  init(
    _ codec: FilmCodec, crf: Int?, ending: String, at path: FilePath, of film: StitchedFilm,
    sound: SoundTrack?, captions: (rows: [Int], lettering: FilmLettering),
    chapters: [FilmChapter], metadata: [(key: String, value: String)]
  ) throws {
    guard let container = FilmContainer(rawValue: ending) else {
      throw OperationError(
        .unsupported, "\(path): films cannot be written as .\(ending)",
        remedy: "use .mp4, .mov or .webm")
    }
    self.path = path
    self.film = film
    encoder = try FilmEncoder(codec, size: film.size, frameRate: film.frameRate, crf: crf)
    output = try OutputFile(path, metadata: metadata, container: container)
    stream = try output.addStream(of: encoder)
    try sound?.add(to: output, as: Self.soundCodec(codec, container))
    self.captions = try CaptionLanes(
      captions.rows, of: captions.lettering, in: output, size: film.size,
      frameRate: film.frameRate)
    try output.add(chapters)
  }

  func wants(_ frame: Int) -> Bool { true }

  func take(_ picture: PlanarFrame, at frame: Int) throws {
    try captions?.write(until: frame)
    try encoder.encode(picture, write)
  }

  func finish(_ token: CancellationToken) throws {
    try encoder.finish(write)
    try output.finish()
    _ = try FilmCheck(path, expecting: film, token: token)
  }

  private func write(_ packet: Packet) throws {
    packet.stream = stream
    try output.write(packet)
  }

  private static func soundCodec(_ codec: FilmCodec, _ container: FilmContainer) -> SoundCodec {
    if container == .webm { return .opus }
    return codec == .prores ? .pcm : .aac
  }
}
