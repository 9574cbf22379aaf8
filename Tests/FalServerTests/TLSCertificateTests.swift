import KeyreelTesting
import SystemPackage
import Testing

@testable import FalServer

/// What `--dev-tls` puts on the disk, judged by OpenSSL's own verifier.
struct TLSCertificateTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func prepare(_ address: String = "127.0.0.1") throws -> DevelopmentCertificate {
    try DevelopmentCertificate.prepare(in: folder.path, listening: address)
  }

  private func verify(
    _ certificate: FilePath, _ authority: FilePath, _ question: [String]
  ) async throws -> ChildProcess.Outcome {
    try await ChildProcess(
      ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", authority.string]
        + question + [certificate.string]
    ).outcome()
  }

  @Test(
    "Clients that trust the authority trust the server as any of fal's hosts and as this machine",
    arguments: [
      ["-verify_hostname", "queue.fal.run"], ["-verify_hostname", "fal.run"],
      ["-verify_hostname", "rest.fal.ai"], ["-verify_hostname", "rest.alpha.fal.ai"],
      ["-verify_hostname", "v3.fal.media"], ["-verify_hostname", "api.fal.ai"],
      ["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"],
      ["-verify_ip", "192.0.2.7"],
    ])
  func trustsKnownNames(question: [String]) async throws {
    let made = try prepare("192.0.2.7")
    let outcome = try await verify(made.certificate.chain, made.authorityFile, question)
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test(
    "Nobody takes the server for another host",
    arguments: [
      ["-verify_hostname", "example.com"], ["-verify_hostname", "evilfal.run"],
      ["-verify_hostname", "x.queue.fal.run"], ["-verify_ip", "127.0.0.2"],
    ])
  func refusesOtherNames(question: [String]) async throws {
    let made = try prepare()
    let outcome = try await verify(made.certificate.chain, made.authorityFile, question)
    #expect(outcome.status != 0, "\(outcome)")
  }

  @Test(
    "The authority can vouch for no other host, even if its key were not thrown away",
    arguments: ["DNS:example.com", "DNS:queue.fal.run,DNS:example.com", "IP:10.0.0.1"])
  func authorityIsConstrained(names: String) async throws {
    let authorityKey = try KeyPair()
    let authority = try CertificateDraft.authority(for: CertificateNames(listening: "127.0.0.1"))
      .selfSigned(authorityKey)
    let key = try KeyPair()
    let rogue = try CertificateDraft.server(names).signed(key, by: authority, authorityKey)
    let (rogueFile, authorityFile) = (
      folder.path.appending("rogue.pem"), folder.path.appending("authority.pem")
    )
    try PrivateFile.write(rogue.pem(), to: rogueFile)
    try PrivateFile.write(authority.pem(), to: authorityFile)
    let outcome = try await verify(rogueFile, authorityFile, [])
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("permitted subtree violation"), "\(outcome)")
  }

  @Test("The authority's key is nowhere, and only its owner can read the server's")
  func filesArePrivate() throws {
    let made = try prepare()
    let tls = made.authorityFile.removingLastComponent()
    #expect(try TestFile.mode(of: tls) & 0o777 == 0o700)
    var keys = 0
    for name in TestFile.names(in: tls) {
      #expect(try TestFile.mode(of: tls.appending(name)) & 0o777 == 0o600)
      let text = try #require(try PrivateFile.text(of: tls.appending(name)))
      keys += text.ranges(of: "BEGIN PRIVATE KEY").count
    }
    #expect(keys == 1)
  }

  @Test("A second start keeps the certificate; what does not fit any more is made anew")
  func keepsWhatFits() throws {
    let first = try prepare()
    let text = try PrivateFile.text(of: first.certificate.chain)
    #expect(try PrivateFile.text(of: prepare().certificate.chain) == text)
    // Another address to listen on.
    let second = try PrivateFile.text(of: prepare("192.0.2.7").certificate.chain)
    #expect(second != text)
    // It stands for the first address too.
    #expect(try PrivateFile.text(of: prepare().certificate.chain) == second)
    // A kill between two files leaves a key of another certificate.
    try PrivateFile.write(KeyPair().pem(), to: first.certificate.key)
    let third = try PrivateFile.text(of: prepare("192.0.2.7").certificate.chain)
    #expect(third != second)
    try PrivateFile.write("no certificate", to: first.authorityFile)
    #expect(try PrivateFile.text(of: prepare("192.0.2.7").certificate.chain) != third)
  }

  @Test(
    "A certificate is made anew in its last day",
    arguments: [(Duration.seconds(86_000), false), (.seconds(90_000), true)])
  func renewsInTime(rest: Duration, isKept: Bool) throws {
    let made = try prepare()
    let names = CertificateNames(listening: "127.0.0.1")
    let authorityKey = try KeyPair()
    let key = try KeyPair()
    let authority = try CertificateDraft.authority(for: names).selfSigned(authorityKey)
    let old = try CertificateDraft.server(names.alternatives, validity: rest)
      .signed(key, by: authority, authorityKey)
    try PrivateFile.write(key.pem(), to: made.certificate.key)
    try PrivateFile.write(old.pem(), to: made.certificate.chain)
    try PrivateFile.write(authority.pem(), to: made.authorityFile)
    let kept = try PrivateFile.text(of: prepare().certificate.chain)
    #expect((kept == (try old.pem())) == isKept)
  }

  @Test("An address that would say more than a name in a certificate is left out of it")
  func namesAreHarmless() {
    let names = CertificateNames(listening: "a,DNS:example.com")
    #expect(!names.alternatives.contains("example.com"))
    #expect(CertificateNames(listening: "0.0.0.0").addresses == ["127.0.0.1", "::1"])
    #expect(CertificateNames(listening: "Studio.Local").hosts.last == "studio.local")
  }
}
