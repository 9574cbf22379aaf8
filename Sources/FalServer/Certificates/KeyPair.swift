internal import CCrypto
internal import KeyreelCore

/// A private key with its public half, in libcrypto's hands.
struct KeyPair: ~Copyable {
  let pointer: OpaquePointer

  /// A new pair on the curve P-256.
  init() throws {
    pointer = try Libcrypto.made(cryptox_new_p256_key())
  }

  /// Reads a private key; throws for text that holds none.
  init(pem: String) throws {
    pointer = try Libcrypto.made(
      Libcrypto.reading(pem) { PEM_read_bio_PrivateKey($0, nil, nil, nil) })
  }

  /// Takes over a key that libcrypto made; throws when it made none.
  init(taking pointer: OpaquePointer?) throws {
    self.pointer = try Libcrypto.made(pointer)
  }

  deinit { EVP_PKEY_free(pointer) }

  /// The private key as text, without a password.
  func pem() throws -> String {
    try Libcrypto.writing { PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
  }
}

/// What libcrypto's calls have in common: results that may be missing, texts in memory.
enum Libcrypto {
  /// The object that a call made; throws when it made none.
  static func made(_ pointer: OpaquePointer?) throws -> OpaquePointer {
    guard let pointer else { throw failure() }
    return pointer
  }

  /// Throws when a call did not return 1.
  static func check(_ result: Int32) throws {
    guard result == 1 else { throw failure() }
  }

  /// The text that `write` puts into a BIO.
  static func writing(_ write: (OpaquePointer) -> Int32) throws -> String {
    let bio = try made(BIO_new(BIO_s_mem()))
    defer { BIO_free(bio) }
    try check(write(bio))
    var bytes: UnsafeMutablePointer<CChar>?
    let count = cryptox_memory(bio, &bytes)
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: max(0, count)), as: UTF8.self)
  }

  /// What `read` finds in `text`.
  static func reading<Value>(_ text: String, _ read: (OpaquePointer) -> Value?) -> Value? {
    var text = text
    return text.withUTF8 { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
        return nil
      }
      defer { BIO_free(bio) }
      return read(bio)
    }
  }

  /// The last thing that went wrong in this thread, told by libcrypto.
  static func failure() -> OperationError {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    ERR_clear_error()
    let words = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return OperationError(.inputOutput, "libcrypto failed: \(words)")
  }
}
