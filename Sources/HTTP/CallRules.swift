internal import KeyreelCore

/// What a call must look like before anything of it is sent.
enum CallRules {
  /// Throws for addresses that are not allowed and for texts that could smuggle in another header.
  static func check(_ call: HTTPCall, allowsPlainHTTP: Bool) throws(OperationError) {
    guard call.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw OperationError(
        .refusedAddress, "an address has characters that addresses do not have",
        remedy: "check the address")
    }
    if isPlain(call), allowsPlainHTTP {
      try TransferFailure.requireNoPassword(call.url)
    } else {
      try TransferFailure.requireHTTPS(call.url)
    }
    for (name, value) in call.headers where !isName(name) || !isValue(value) {
      throw OperationError(
        .unsupported, "the header \(name.prefix(40).filter(\.isLetter)) cannot be sent as it is",
        remedy: "use printable characters on one line")
    }
  }

  /// Whether the call goes out without encryption.
  static func isPlain(_ call: HTTPCall) -> Bool { call.url.lowercased().hasPrefix("http://") }

  /// A token of RFC 9110, without its rarer signs.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }

  /// One line: no control characters but the tab.
  private static func isValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
  }
}
