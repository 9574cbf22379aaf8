public import KeyreelCore

extension OperationError.Code {
  /// The file has no bytes.
  public static let emptyFile = Self("empty-file")
  /// The file ends before what it promises.
  public static let cutShort = Self("cut-short")
  /// The file is something else: a web page, text, a folder.
  public static let wrongKind = Self("wrong-kind")
  /// A picture that moves where a still is wanted.
  public static let animated = Self("animated")
  /// Zero or absurdly many pixels.
  public static let badSize = Self("bad-size")
}

/// The errors about a file's content that more than one reader tells.
enum MediaFailure {
  static func empty(_ name: String) -> OperationError {
    OperationError(
      .emptyFile, "\(name) is empty (0 bytes)", remedy: "write the file again or fetch it anew")
  }

  static func cutShort(_ name: String, _ what: String) -> OperationError {
    OperationError(
      .cutShort, "\(name) is cut short: \(what)", remedy: "copy or fetch the whole file again")
  }

  static func damaged(_ name: String, _ what: String) -> OperationError {
    OperationError(
      .corrupt, "\(name) is damaged: \(what)", remedy: "copy, fetch or export the file again")
  }

  /// A file of another kind than `wanted` ("a JPEG, PNG or WebP picture").
  static func wrongKind(_ name: String, _ kind: FileKind, wanted: String) -> OperationError {
    switch kind {
    case .empty: empty(name)
    case .text("a Git LFS pointer"):
      OperationError(
        .wrongKind, "\(name) is a Git LFS pointer, not the file itself",
        remedy: "run `git lfs pull`")
    case .text(let what) where what == "a web page or XML" || what == "JSON":
      OperationError(
        .wrongKind,
        "\(name) is \(what), not \(wanted); a server probably sent it instead of the file",
        remedy: "open the address in a browser and save the file itself")
    case .text(let what):
      OperationError(.wrongKind, "\(name) is \(what), not \(wanted)", remedy: "give \(wanted)")
    case .otherPicture(let format):
      OperationError(
        .unsupported, "\(name) is a \(format) picture, which is not read",
        remedy: "convert it to PNG, JPEG or WebP")
    case .jpeg, .png, .webp:
      OperationError(
        .wrongKind, "\(name) is a still picture, not \(wanted)", remedy: "give \(wanted)")
    case .isoMedia, .otherMedia:
      OperationError(
        .wrongKind, "\(name) is a video, sound or other file, not \(wanted)",
        remedy: "for a frame of a video, write `video: \(name)` with `at:`")
    case .unknown:
      OperationError(
        .wrongKind, "\(name) is not \(wanted): its first bytes belong to no known format",
        remedy: "give \(wanted)")
    }
  }
}
