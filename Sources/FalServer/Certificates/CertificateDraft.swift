internal import CCrypto
internal import KeyreelCore

/// A certificate to be signed: whose it is, how long it holds, and what it may be used for.
struct CertificateDraft {
  /// The subject's common name.
  let name: String
  /// How long it holds from now on.
  let validity: Duration
  /// Extensions and their values in libcrypto's notation (x509v3_config(5)).
  let extensions: [(kind: Int32, value: String)]

  /// Clocks of clients may be a little behind.
  private static let backdating = -600

  /// Signs the certificate of `key` with its own key.
  func selfSigned(_ key: borrowing KeyPair) throws -> X509Certificate {
    let certificate = try blank(for: key)
    try Libcrypto.check(
      X509_set_issuer_name(certificate.pointer, X509_get_subject_name(certificate.pointer)))
    try extend(certificate, issuer: certificate)
    try sign(certificate, key)
    return certificate
  }

  /// Signs the certificate of `key` in the name of `issuer`, whose key is `issuerKey`.
  func signed(
    _ key: borrowing KeyPair, by issuer: borrowing X509Certificate,
    _ issuerKey: borrowing KeyPair
  ) throws -> X509Certificate {
    let certificate = try blank(for: key)
    try Libcrypto.check(
      X509_set_issuer_name(certificate.pointer, X509_get_subject_name(issuer.pointer)))
    try extend(certificate, issuer: issuer)
    try sign(certificate, issuerKey)
    return certificate
  }

  private func blank(for key: borrowing KeyPair) throws -> X509Certificate {
    let certificate = X509Certificate(taking: try Libcrypto.made(X509_new()))
    let pointer = certificate.pointer
    // Version 3 is written as 2.
    try Libcrypto.check(X509_set_version(pointer, 2))
    try setSerial(pointer)
    X509_gmtime_adj(X509_getm_notBefore(pointer), Self.backdating)
    X509_gmtime_adj(X509_getm_notAfter(pointer), Int(validity.components.seconds))
    try Libcrypto.check(
      X509_NAME_add_entry_by_txt(
        X509_get_subject_name(pointer), "CN", MBSTRING_ASC, name, Int32(name.utf8.count), -1, 0))
    try Libcrypto.check(X509_set_pubkey(pointer, key.pointer))
    return certificate
  }

  /// 127 random bits: positive, and never the same twice (RFC 5280, section 4.1.2.2).
  private func setSerial(_ certificate: OpaquePointer) throws {
    let number = try Libcrypto.made(BN_new())
    defer { BN_free(number) }
    try Libcrypto.check(BN_rand(number, 127, -1, 0))
    guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil else {
      throw Libcrypto.failure()
    }
  }

  private func extend(
    _ certificate: borrowing X509Certificate, issuer: borrowing X509Certificate
  ) throws {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
    for (kind, value) in extensions {
      let made = try Libcrypto.made(X509V3_EXT_nconf_nid(nil, &context, kind, value))
      defer { X509_EXTENSION_free(made) }
      try Libcrypto.check(X509_add_ext(certificate.pointer, made, -1))
    }
  }

  private func sign(_ certificate: borrowing X509Certificate, _ key: borrowing KeyPair) throws {
    guard X509_sign(certificate.pointer, key.pointer, EVP_sha256()) > 0 else {
      throw Libcrypto.failure()
    }
  }
}
