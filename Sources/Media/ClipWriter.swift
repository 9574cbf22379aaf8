internal import KeyreelCore
public import SystemPackage

/// Writes frames as an H.264 mp4, one at a time, in constant memory; used on one thread only.
public final class ClipWriter {
  private let encoder: VideoEncoder
  private let output: OutputFile
  private let stream: Int

  /// Creates `path`; on any error the caller removes it.
  public init(
    _ path: FilePath, settings: VideoSettings, metadata: [(key: String, value: String)] = []
  ) throws {
    encoder = try VideoEncoder(settings)
    output = try OutputFile(path, metadata: metadata)
    stream = try output.addStream(of: encoder)
  }

  /// Adds one frame of the settings' size.
  public func append(_ frame: PlanarFrame) throws {
    try encoder.encode(frame, write)
  }

  /// Writes what is left and closes the file.
  public func finish() throws {
    try encoder.finish(write)
    try output.finish()
  }

  private func write(_ packet: Packet) throws {
    packet.stream = stream
    try output.write(packet)
  }
}
