internal import CCurl
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
public import KeyreelCore
internal import SystemPackage

extension OperationError.Code {
  /// An address that may not be connected to.
  public static let refusedAddress = Self("refused-address")
}

/// What went wrong with a download, told with what to do.
enum TransferFailure {
  static func requireHTTPS(_ url: String) throws(OperationError) {
    guard url.lowercased().hasPrefix("https://") else {
      throw OperationError(
        .refusedAddress, "\(url) is not an https address", remedy: "give one that begins https://")
    }
    try requireNoPassword(url)
  }

  static func requireNoPassword(_ url: String) throws(OperationError) {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else {
      throw OperationError(
        .refusedAddress,
        "the address at \(authority.drop { $0 != "@" }.dropFirst()) carries a password",
        remedy: "fetch the file yourself and name it as a file")
    }
  }

  static func file(_ path: FilePath, _ code: Int32) -> OperationError {
    let isFull = code == ENOSPC || code == EDQUOT
    return OperationError(
      isFull ? .diskFull : code == EACCES || code == EROFS ? .permissionDenied : .inputOutput,
      "\(path) cannot be written: \(String(cString: strerror(code)))",
      remedy: isFull ? "free some space and run again" : "check the folder and its rights")
  }

  static func error(
    _ code: CURLcode, _ handle: UnsafeMutableRawPointer, _ transfer: Transfer, url: String,
    limit: Int
  ) -> OperationError {
    if let error = transfer.guardian.failure(of: url) ?? transfer.writeError { return error }
    if transfer.isTooLarge || code == CURLE_FILESIZE_EXCEEDED {
      return OperationError(
        .tooLarge, "\(url) sends more than \(limit) bytes", remedy: "name a smaller file")
    }
    if code == CURLE_HTTP_RETURNED_ERROR {
      var status = 0
      curlx_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
      return self.status(status, url: url)
    }
    return connection(code, url: url)
  }

  /// A failure below HTTP.
  static func connection(_ code: CURLcode, url: String) -> OperationError {
    let (kind, remedy, isRetryable) = classify(code)
    return OperationError(
      kind, "\(url): \(String(cString: curl_easy_strerror(code)))", remedy: remedy,
      isRetryable: isRetryable)
  }

  /// Statuses below 400 that are no file: a redirect to nowhere.
  static func requireSuccess(_ handle: UnsafeMutableRawPointer, url: String) throws {
    var status = 0
    curlx_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    guard (200..<300).contains(status) else { throw self.status(status, url: url) }
  }

  private static func status(_ status: Int, url: String) -> OperationError {
    switch status {
    case 404, 410:
      OperationError(
        .notFound, "\(url): the server has no such file (\(status))", remedy: "check the address")
    case 401, 403:
      OperationError(
        .permissionDenied, "\(url): the server refuses to send it (\(status))",
        remedy: "fetch the file yourself and name it as a file")
    default:
      OperationError(
        .network, "\(url): the server answered with status \(status)",
        remedy: status >= 500 || status == 429 ? "try again later" : "check the address",
        isRetryable: status >= 500 || status == 429 || status == 408)
    }
  }

  static func classify(_ code: CURLcode) -> (OperationError.Code, String?, Bool) {
    switch code {
    case CURLE_UNSUPPORTED_PROTOCOL:
      (.refusedAddress, "the server redirects to something that is not https", false)
    case CURLE_URL_MALFORMAT: (.refusedAddress, "check the address", false)
    case CURLE_TOO_MANY_REDIRECTS: (.network, "the server redirects in circles", false)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
      (
        .network, "the server's certificate is not trusted; SSL_CERT_FILE names further ones", false
      )
    case CURLE_COULDNT_RESOLVE_HOST: (.network, "check the address and the network", true)
    default: (.network, "try again", true)
    }
  }
}
