internal import CCrypto
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A certificate in libcrypto's hands.
struct X509Certificate: ~Copyable {
  let pointer: OpaquePointer

  /// Takes over a certificate that libcrypto made.
  init(taking pointer: OpaquePointer) { self.pointer = pointer }

  /// Reads the first certificate of `pem`; throws for text that holds none.
  init(pem: String) throws {
    pointer = try Libcrypto.made(
      Libcrypto.reading(pem) { PEM_read_bio_X509($0, nil, nil, nil) })
  }

  deinit { X509_free(pointer) }

  /// The certificate as text.
  func pem() throws -> String {
    try Libcrypto.writing { PEM_write_bio_X509($0, pointer) }
  }

  /// Whether it is valid now and for `period` from now on.
  func isValid(for period: Duration) -> Bool {
    var now = time(nil)
    guard X509_cmp_time(X509_get0_notBefore(pointer), &now) < 0 else { return false }
    var then = now + Int(period.components.seconds)
    return X509_cmp_time(X509_get0_notAfter(pointer), &then) > 0
  }

  /// Whether it stands for each of `names`.
  func covers(_ names: CertificateNames) -> Bool {
    names.hosts.allSatisfy { X509_check_host(pointer, $0, $0.utf8.count, 0, nil) == 1 }
      && names.addresses.allSatisfy { X509_check_ip_asc(pointer, $0, 0) == 1 }
  }

  /// Whether `key` is its private key.
  func belongs(to key: borrowing KeyPair) -> Bool {
    let matches = X509_check_private_key(pointer, key.pointer) == 1
    ERR_clear_error()
    return matches
  }

  /// Whether `authority` signed it.
  func isSigned(by authority: borrowing X509Certificate) -> Bool {
    let isSigned = X509_verify(pointer, X509_get0_pubkey(authority.pointer)) == 1
    ERR_clear_error()
    return isSigned
  }
}
