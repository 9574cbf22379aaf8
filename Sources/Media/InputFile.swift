internal import CFFmpeg
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
public import SystemPackage

/// A media file opened for reading, packet by packet; used on one thread only.
public final class InputFile {
  let context: UnsafeMutablePointer<AVFormatContext>
  /// The file's path, for messages.
  public let path: FilePath

  /// Formats that hold their pictures and sound themselves.
  ///
  /// Playlists and lists of files are not among them: they have libav open whatever they name.
  private static let formats = [
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,wav,w64,rf64,aiff",
    "flac,mp3,aac,ac3,eac3,caf,au,wv,tta,ape,amr,gif,apng,ivf,obu,h264,hevc,m4v,mxf,nut,dv,rm",
    "yuv4mpegpipe,image2,png_pipe,jpeg_pipe,webp_pipe,gif_pipe,bmp_pipe,tiff_pipe,svg_pipe,ppm_pipe",
  ].joined(separator: ",")

  /// Opens `path` and reads its header; with `analyzes`, also enough packets to know every format.
  ///
  /// Throws an ``OperationError`` that names the file.
  public init(_ path: FilePath, analyzes: Bool = true) throws {
    _ = LibavLog.isQuiet
    self.path = path
    try FileBytes.requireRegular(path, name: path.string)
    // Of a file that says itself what it is, libav need not ask its three hundred formats.
    let isISO = try ISOTables.check(path, name: path.string)
    let format = isISO ? av_find_input_format("mov") : nil
    var opened: UnsafeMutablePointer<AVFormatContext>?
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "format_whitelist", Self.formats, 0)
    // `file:` keeps libav from reading a colon in a name as a protocol.
    let code = avformat_open_input(&opened, "file:" + path.string, format, &options)
    guard code != avx_error_from_errno(EINVAL) else {
      throw OperationError(
        .unsupported, "\(path): files of its format are not read",
        remedy: "convert the file to a common format first")
    }
    try LibavError.check(code, "opening", file: path.string)
    guard let opened else {
      throw LibavError.error(avx_error_invalid_data, "opening", file: path.string)
    }
    context = opened
    if analyzes {
      try LibavError.check(
        avformat_find_stream_info(context, nil), "reading the streams", file: path.string)
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
  }

  /// The container's short name, `mov,mp4,m4a,3gp,3g2,mj2`.
  public var containerName: String {
    guard let format = context.pointee.iformat else { return "" }
    return String(cString: format.pointee.name)
  }

  /// 0-based index of the first real video stream (cover pictures are not), or `nil`.
  public var videoStream: Int? {
    streams.first {
      stream($0).pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
        && stream($0).pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
    }
  }

  /// 0-based index of the first sound stream, or `nil`.
  public var audioStream: Int? {
    streams.first { stream($0).pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
  }

  /// Reads packets of these streams only.
  public func keepOnly(_ wanted: Set<Int>) {
    for index in streams where !wanted.contains(index) {
      stream(index).pointee.discard = AVDISCARD_ALL
    }
  }

  /// Reads the next packet into `packet`; `false` at the end of the file.
  public func read(into packet: Packet) throws -> Bool {
    av_packet_unref(packet.pointer)
    let code = av_read_frame(context, packet.pointer)
    if code == avx_error_eof { return false }
    try LibavError.check(code, "reading", file: path.string)
    return true
  }

  var streams: Range<Int> { 0..<Int(context.pointee.nb_streams) }

  func stream(_ index: Int) -> UnsafeMutablePointer<AVStream> {
    guard let stream = context.pointee.streams[index] else {
      preconditionFailure("stream \(index) is within the file's streams")
    }
    return stream
  }
}
