internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

extension InputFile {
  /// Opens a video by its header alone, after a look at its first bytes.
  ///
  /// What is clearly something else under a video's name (a web page, a picture) is refused by name.
  /// Formats whose header does not tell all are analysed too.
  public convenience init(video path: FilePath) throws {
    try Self.sniff(path)
    try self.init(path, analyzes: false)
    let isPicture = containerName.hasSuffix("_pipe") || containerName.contains("image2")
    if isPicture {
      throw OperationError(
        .unsupported, "\(path): the file holds a picture, not a video", remedy: "give a video file")
    }
    if !containerName.hasPrefix("mov") { try analyze() }
  }

  /// Reads enough packets to know every format.
  func analyze() throws {
    try LibavError.check(
      avformat_find_stream_info(context, nil), "reading the streams", file: path.string)
  }

  private static func sniff(_ path: FilePath) throws {
    let head = try FileBytes.head(path, name: path.string, count: 64)
    guard !head.isEmpty else {
      throw OperationError(
        .corrupt, "\(path): the file is empty", remedy: "fetch or generate the file again")
    }
    let visible = head.drop { [9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
    if let first = visible.first, [UInt8(ascii: "<"), UInt8(ascii: "{")].contains(first) {
      throw OperationError(
        .corrupt, "\(path): the file holds text (a web page or JSON), not a video",
        remedy: "look into the file: a server probably sent an error message")
    }
  }
}
