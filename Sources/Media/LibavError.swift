internal import CFFmpeg
internal import KeyreelCore

/// Turns return codes of libav into errors that name the file and what to do.
enum LibavError {
  /// Throws unless `code` is zero or positive; returns it otherwise.
  @discardableResult
  static func check(_ code: Int32, _ doing: String, file: String) throws -> Int32 {
    guard code < 0 else { return code }
    throw error(code, doing, file: file)
  }

  /// The error for `code`, met while `doing` something with `file`.
  static func error(_ code: Int32, _ doing: String, file: String) -> OperationError {
    let (kind, remedy) = classify(code)
    return OperationError(
      kind, "\(file): \(doing) failed: \(text(code))", remedy: remedy,
      underlying: LibavCode(rawValue: code))
  }

  private static func classify(_ code: Int32) -> (OperationError.Code, String?) {
    switch code {
    case avx_error_invalid_data, avx_error_eof:
      (.corrupt, "the file is damaged, cut short, or not what its name says")
    case avx_error_from_errno(ENOENT): (.notFound, "check the path")
    case avx_error_from_errno(EACCES): (.permissionDenied, "check the file's rights")
    case avx_error_from_errno(ENOSPC):
      (.diskFull, "free some space and run again; finished work is kept")
    case avx_error_decoder_not_found, avx_error_encoder_not_found:
      (.unsupported, "this build of FFmpeg's libraries lacks the codec")
    case avx_error_patch_welcome: (.unsupported, "convert the file to a common format first")
    default: (.inputOutput, nil)
    }
  }

  /// What libav says about `code`.
  static func text(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    av_strerror(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// A return code of libav, kept below the error that tells about it.
public struct LibavCode: Error, Hashable, Sendable {
  /// The negative return code.
  public let rawValue: Int32
}

/// Keeps libav from writing to the process's standard error.
enum LibavLog {
  /// Evaluated once, by the first file or codec that is opened.
  static let isQuiet: Bool = {
    av_log_set_level(AV_LOG_QUIET)
    return true
  }()
}
