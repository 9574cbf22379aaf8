import FalQueue
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalServer

/// The key that webhooks are signed with.
struct WebhookKeyTests {
  // RFC 8032, section 7.1, test 1.
  private let seed: [UInt8] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
  ]

  @Test("It is Ed25519 as the standard has it")
  func standard() throws {
    let key = try SigningKey(seed: seed)
    #expect(SigningKey.base64URL(key.publicKey) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    let signature = try key.sign("")
    #expect(signature.prefix(8) == [0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72])
    #expect(signature.suffix(2) == [0x10, 0x0b])
  }

  @Test("Its text form is base64 for URLs without padding", arguments: 0...5)
  func base64(count: Int) {
    let bytes: [UInt8] = Array([0xfb, 0xff, 0xbf, 0x00, 0x10].prefix(count))
    let texts = ["", "-w", "-_8", "-_-_", "-_-_AA", "-_-_ABA"]
    #expect(SigningKey.base64URL(bytes) == texts[count])
  }

  @Test("A data folder keeps its key, and two folders have two")
  func kept() async throws {
    let (one, other) = (try ScratchFolder(), try ScratchFolder())
    var keys: [[UInt8]] = []
    for folder in [one, one, other] {
      let queue = try await JobQueue.open(folder.path.appending("data"))
      keys.append(try await SigningKey.kept(in: queue).publicKey)
      try await queue.close()
    }
    #expect(keys[0] == keys[1])
    #expect(keys[0] != keys[2])
  }

  @Test("A seed of another length is refused")
  func badSeed() {
    #expect(throws: (any Error).self) { try SigningKey(seed: [1, 2, 3]) }
  }
}
