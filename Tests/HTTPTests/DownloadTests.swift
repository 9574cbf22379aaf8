import Glibc
import HTTP
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Downloads arrive whole or not at all")
struct Downloads {
  let server: LocalTLSServer
  let target: FilePath

  init() throws {
    server = try LocalTLSServer()
    target = FilePath("/tmp/keyreel-download-\(getpid())-\(UInt32.random(in: 0 ... .max))")
  }

  func client(
    reach: NetworkReach = .loopback, trusts: Bool = true, stall: Duration = .seconds(20)
  ) -> HTTPClient {
    HTTPClient(
      HTTPClient.Settings(
        certificateFile: trusts ? server.certificateFile : nil, reach: reach, stallTimeout: stall))
  }

  /// The error of a download that must fail; nothing may be left behind.
  func failure(_ path: String, client: HTTPClient? = nil, limit: Int = 1 << 20) async
    -> OperationError?
  {
    let client = client ?? self.client()
    let url = path.hasPrefix("/") ? server.url(path) : path
    let error = await #expect(throws: OperationError.self) {
      try await client.download(url, to: target, maximumBytes: limit)
    }
    #expect(access(target.string, F_OK) != 0, "nothing is left at the target")
    return error
  }

  @Test("A file comes byte for byte, with its digest", arguments: [0, 1, 65_536, 3_000_000])
  func whole(count: Int) async throws {
    defer { unlink(target.string) }
    let digest = try await client().download(
      server.url("/file/\(count)"), to: target, maximumBytes: 3_000_000)
    let whole = [UInt8](0...255)
    var expected: [UInt8] = []
    for _ in 0..<count / 65_536 { for _ in 0..<256 { expected += whole } }
    expected += [UInt8](repeating: 0, count: count % 65_536)
    #expect(digest == Digest.of(expected))
    var status = stat()
    #expect(stat(target.string, &status) == 0)
    #expect(Int(status.st_size) == count)
  }

  @Test("Redirects within https are followed, circles and other schemes are not")
  func redirects() async throws {
    let url = server.url("/redirect?" + server.url("/file/10"))
    let digest = try await client().download(url, to: target, maximumBytes: 10)
    unlink(target.string)
    #expect(digest == Digest.of([UInt8](repeating: 0, count: 10)))
    #expect(await failure("/redirect?http://127.0.0.1:9/x")?.code == .refusedAddress)
    #expect(await failure("/redirect?file:///etc/passwd")?.code == .refusedAddress)
    #expect(await failure("/circle")?.remedy == "the server redirects in circles")
    #expect(await failure("/redirect?")?.code == .network, "a redirect to nowhere is no file")
  }

  @Test("Private addresses are refused after the look-up, before a byte is sent")
  func privateAddresses() async throws {
    let client = client(reach: .publicInternet)
    for url in [
      server.url("/file/1"), "https://localhost:\(server.port)/file/1", "https://10.0.0.1/x",
      "https://[::1]/x", "https://[::ffff:192.168.0.1]/x", "https://169.254.169.254/latest",
      "https://0x7f000001/x", "https://2130706433/x",
    ] {
      let error = await failure(url, client: client)
      #expect(error?.code == .refusedAddress, "\(url): \(String(describing: error))")
      #expect(error?.isRetryable == false)
    }
  }

  @Test("Only https, and no passwords in addresses")
  func schemes() async throws {
    for url in ["http://example.org/a.png", "ftp://example.org/a", "file:///etc/passwd", "a.png"] {
      #expect(await failure(url)?.code == .refusedAddress)
    }
    let error = await failure("https://user:secret@example.org/a.png")
    #expect(error?.code == .refusedAddress)
    #expect(error?.description.contains("secret") == false)
  }

  @Test("A certificate that nobody vouches for is refused")
  func trust() async throws {
    let error = await failure("/file/1", client: client(trusts: false))
    #expect(error?.code == .network)
    #expect(error?.isRetryable == false)
    #expect(error?.remedy?.contains("SSL_CERT_FILE") == true)
  }

  @Test("Too large, with and without a promised length")
  func limits() async throws {
    #expect(await failure("/file/2000000")?.code == .tooLarge)
    #expect(await failure("/endless")?.code == .tooLarge)
  }

  @Test("Broken off, stalled, refused and failing servers")
  func faults() async throws {
    #expect(await failure("/short")?.isRetryable == true)
    #expect(await failure("/stall", client: client(stall: .seconds(1)))?.code == .network)
    #expect(await failure("/status/404")?.code == .notFound)
    #expect(await failure("/status/403")?.code == .permissionDenied)
    #expect(await failure("/status/500")?.isRetryable == true)
    #expect(await failure("/status/400")?.isRetryable == false)
    #expect(await failure("https://127.0.0.1:1/x")?.isRetryable == true)
  }

  @Test("A cancelled task stops its transfer and leaves nothing")
  func cancelled() async throws {
    let (client, url, target) = (client(), server.url("/stall"), target)
    let task = Task { try await client.download(url, to: target, maximumBytes: 10_000) }
    while access(target.string, F_OK) != 0 { await Task.yield() }
    task.cancel()
    let error = await #expect(throws: OperationError.self) { try await task.value }
    #expect(error?.code == .interrupted)
    #expect(access(target.string, F_OK) != 0)
  }

  @Test("A folder that cannot be written is named")
  func badTarget() async throws {
    let error = await #expect(throws: OperationError.self) {
      try await client().download(
        server.url("/file/1"), to: "/nonexistent/folder/x", maximumBytes: 10)
    }
    #expect(error?.message.contains("/nonexistent/folder/x") == true)
  }
}

@Suite("Addresses are judged by the registries")
struct Addresses {
  @Test(
    "IPv4",
    arguments: [
      ([8, 8, 8, 8], true), ([93, 184, 216, 34], true), ([0, 0, 0, 0], false),
      ([10, 255, 0, 1], false), ([100, 63, 255, 255], true), ([100, 64, 0, 0], false),
      ([100, 127, 255, 255], false), ([100, 128, 0, 0], true), ([127, 0, 0, 1], false),
      ([169, 254, 169, 254], false), ([172, 15, 0, 1], true), ([172, 16, 0, 1], false),
      ([172, 31, 255, 255], false), ([172, 32, 0, 0], true), ([192, 168, 1, 1], false),
      ([198, 19, 0, 1], false), ([198, 20, 0, 1], true), ([224, 0, 0, 1], false),
      ([255, 255, 255, 255], false),
    ] as [([UInt8], Bool)])
  func version4(bytes: [UInt8], isPublic: Bool) throws {
    let address = try #require(NetworkAddress(bytes: bytes))
    #expect(address.isWithin(.publicInternet) == isPublic)
    #expect(address.isWithin(.loopback) == (bytes[0] == 127))
    // The same address inside IPv6: mapped, NAT64, 6to4.
    let zeros = [UInt8](repeating: 0, count: 10)
    for carrier in [
      zeros + [0xFF, 0xFF] + bytes, [0, 0x64, 0xFF, 0x9B] + zeros.prefix(8) + bytes,
      [0x20, 0x02] + bytes + zeros,
    ] {
      #expect(try #require(NetworkAddress(bytes: carrier)).isWithin(.publicInternet) == isPublic)
    }
  }

  @Test(
    "IPv6",
    arguments: [
      ([0x2A, 0, 0x14, 0x50], true), ([0x20, 0x01, 0x48, 0x60], true),
      ([0x20, 0x01, 0x0D, 0xB8], false), ([0x20, 0x01, 0, 0], false), ([0xFE, 0x80], false),
      ([0xFC, 0], false), ([0xFD, 0x12], false), ([0xFF, 0x02], false), ([0], false),
      ([0x3F, 0xFF, 0], false), ([0x40, 0], false),
    ] as [([UInt8], Bool)])
  func version6(prefix: [UInt8], isPublic: Bool) throws {
    let bytes = prefix + [UInt8](repeating: 0, count: 15 - prefix.count) + [1]
    let address = try #require(NetworkAddress(bytes: bytes))
    #expect(address.isWithin(.publicInternet) == isPublic)
  }
}
