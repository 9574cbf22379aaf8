public import KeyreelCore

/// The output of a first/last-frame model: the video, and the seed where it is told.
public struct ModelOutput: Hashable, Sendable {
  /// The video.
  public var video: MediaFile
  /// The seed that was really used.
  public var seed: Int?

  /// `video`, made with `seed`.
  public init(video: MediaFile, seed: Int?) {
    self.video = video
    self.seed = seed
  }

  /// Writes the output.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.key("video")
      video.write(to: &text)
      if let seed {
        text.key("seed")
        text.value(seed)
      }
    }
  }

  /// The output as JSON.
  public var bytes: [UInt8] {
    var text = JSONText()
    write(to: &text)
    return text.bytes
  }

  /// Reads an output; only the video's address is needed.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let video = value["video"] else { throw WireError("the result has no `video`") }
    self.init(video: try MediaFile(decoding: video), seed: value["seed"]?.intValue)
  }
}

/// A file that a model made or was given.
public struct MediaFile: Hashable, Sendable {
  /// Where it is.
  public var url: String
  /// Its media type.
  public var contentType: String?
  /// Its name.
  public var fileName: String?
  /// Its size in bytes.
  public var fileSize: Int?

  /// The file at `url`.
  public init(
    url: String, contentType: String? = nil, fileName: String? = nil, fileSize: Int? = nil
  ) {
    self.url = url
    self.contentType = contentType
    self.fileName = fileName
    self.fileSize = fileSize
  }

  /// Writes the file; what is not known is left out.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.key("url")
      text.value(url)
      if let contentType {
        text.key("content_type")
        text.value(contentType)
      }
      if let fileName {
        text.key("file_name")
        text.value(fileName)
      }
      if let fileSize {
        text.key("file_size")
        text.value(fileSize)
      }
    }
  }

  /// Reads a file; only its address is needed.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let url = value["url"]?.stringValue else { throw WireError("a file has no `url`") }
    self.init(
      url: url, contentType: value["content_type"]?.stringValue,
      fileName: value["file_name"]?.stringValue, fileSize: value["file_size"]?.intValue)
  }
}
