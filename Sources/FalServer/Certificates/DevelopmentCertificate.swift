internal import CCrypto
internal import KeyreelCore
public import SystemPackage

/// A certificate made on the spot, so that clients that speak https alone can be pointed here.
///
/// An authority of its own signs it and is forgotten at once: its private key never reaches the disk.
/// The authority may vouch for fal's hosts and this machine only, and for a week only, so that trusting
/// it opens nothing else.
public struct DevelopmentCertificate: Sendable {
  /// The server's certificate and private key.
  public let certificate: ListenerSettings.Certificate
  /// What clients must trust (PEM), as `SSL_CERT_FILE` names it.
  public let authorityFile: FilePath

  /// A certificate that holds less than this is made anew.
  private static let leastValidity = Duration.seconds(86_400)

  /// The certificate kept in the folder `tls` of the private `folder`, made anew if need be.
  ///
  /// It stands for fal's hosts, `localhost`, the loopback addresses and `address`. Throws an
  /// `OperationError` when the files cannot be written.
  public static func prepare(
    in folder: FilePath, listening address: String
  ) throws -> DevelopmentCertificate {
    let folder = folder.appending("tls")
    let prepared = DevelopmentCertificate(
      certificate: ListenerSettings.Certificate(
        chain: folder.appending("server.pem"), key: folder.appending("server-key.pem")),
      authorityFile: folder.appending("authority.pem"))
    try PrivateFile.makeFolder(folder)
    let names = CertificateNames(listening: address)
    if try !prepared.isUsable(for: names) { try prepared.renew(for: names) }
    return prepared
  }

  /// Whether what is on the disk is whole, fits together, stands for `names` and holds long enough.
  private func isUsable(for names: CertificateNames) throws -> Bool {
    guard let server = try PrivateFile.text(of: certificate.chain),
      let key = try PrivateFile.text(of: certificate.key),
      let authority = try PrivateFile.text(of: authorityFile)
    else { return false }
    guard let server = try? X509Certificate(pem: server), let key = try? KeyPair(pem: key),
      let authority = try? X509Certificate(pem: authority)
    else { return false }
    return server.belongs(to: key) && server.isSigned(by: authority) && server.covers(names)
      && server.isValid(for: Self.leastValidity) && authority.isValid(for: Self.leastValidity)
  }

  private func renew(for names: CertificateNames) throws {
    let authorityKey = try KeyPair()
    let authority = try CertificateDraft.authority(for: names).selfSigned(authorityKey)
    let key = try KeyPair()
    let server = try CertificateDraft.server(names.alternatives)
      .signed(key, by: authority, authorityKey)
    // What is found half written at the next start does not fit together, and is made anew.
    try PrivateFile.write(key.pem(), to: certificate.key)
    try PrivateFile.write(server.pem(), to: certificate.chain)
    try PrivateFile.write(authority.pem(), to: authorityFile)
  }
}

extension CertificateDraft {
  /// How long a certificate holds.
  private static let week = Duration.seconds(7 * 86_400)

  /// An authority that may vouch for `names` alone.
  static func authority(for names: CertificateNames) -> CertificateDraft {
    CertificateDraft(
      name: "keyreel-serve development authority", validity: week,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign"),
        (NID_name_constraints, names.constraints),
        (NID_subject_key_identifier, "hash"),
      ])
  }

  /// A server that stands for `names`, in libcrypto's notation.
  static func server(_ names: String, validity: Duration = week) -> CertificateDraft {
    CertificateDraft(
      name: "keyreel-serve", validity: validity,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"),
        (NID_subject_alt_name, names),
        (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid:always"),
      ])
  }
}
