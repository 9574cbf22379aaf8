internal import CCurl

/// Times as headers tell them.
public enum HTTPDate {
  /// Seconds since 1970 of a time such as `Mon, 23 Nov 2026 03:04:05 GMT`; `nil` for other texts.
  public static func seconds(_ text: String) -> Int? {
    let seconds = curl_getdate(text, nil)
    return seconds < 0 ? nil : Int(seconds)
  }
}
