import FalProtocol
import NIOCore
import Testing

@testable import FalServer

/// What the CONNECT proxy makes of what it is asked.
struct ProxyRequestTests {
  private func read(_ text: String, pieces: Int = 1) -> ConnectRequest {
    var head = ConnectRequest.Head()
    let bytes = Array(text.utf8)
    for piece in 0..<pieces where head.isOpen {
      let range = bytes.count * piece / pieces..<bytes.count * (piece + 1) / pieces
      head.append(ByteBuffer(bytes: bytes[range]))
    }
    return ConnectRequest(head)
  }

  @Test("Every name of fal's hosts gets a tunnel, however its request is cut into pieces")
  func tunnelsToFal() {
    for name in FalService.allCases.flatMap({ [$0.host] + $0.aliases }) {
      let text = "CONNECT \(name):443 HTTP/1.1\r\nHost: \(name):443\r\nUser-Agent: x\r\n\r\n"
      for pieces in [1, 2, 3, 7, text.utf8.count] {
        #expect(read(text, pieces: pieces) == .tunnel, "\(name) in \(pieces) pieces")
      }
    }
  }

  @Test(
    "Nothing else gets a tunnel",
    arguments: [
      "CONNECT example.com:443 HTTP/1.1", "CONNECT queue.fal.run:80 HTTP/1.1",
      "CONNECT queue.fal.run:0443 HTTP/1.1", "CONNECT queue.fal.run:443:443 HTTP/1.1",
      "CONNECT a@queue.fal.run:443 HTTP/1.1", "CONNECT .queue.fal.run:443 HTTP/1.1",
      "CONNECT queue.fal.run.:443 HTTP/1.1", "CONNECT https://queue.fal.run:443 HTTP/1.1",
      "CONNECT 127.0.0.1:443 HTTP/1.1", "CONNECT [::1]:443 HTTP/1.1", "CONNECT  HTTP/1.1",
      "CONNECT queue.fal.run:443 HTTP/2", "connect queue.fal.run:443 HTTP/1.1",
      "GET http://queue.fal.run/ HTTP/1.1", "", "CONNECT queue.fal.run:443 HTTP/1.1 x",
      "CONNECT\tqueue.fal.run:443\tHTTP/1.1", "CONNECT queue.fal.run:443\u{0} HTTP/1.1",
    ])
  func refusesTheRest(line: String) {
    #expect(read("\(line)\r\nHost: queue.fal.run:443\r\n\r\n") != .tunnel)
  }

  @Test("A head without an end is refused before it is long")
  func boundsTheHead() {
    var head = ConnectRequest.Head()
    var taken = 0
    while head.isOpen {
      head.append(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000))
      taken += 1000
    }
    #expect(taken <= ConnectRequest.Head.limit + 1000)
    #expect(ConnectRequest(head) != .tunnel)
    #expect(head.rest.readableBytes == 0)
  }

  @Test("What a client says behind its request belongs to the tunnel")
  func keepsFirstWords() {
    for text in [
      "CONNECT fal.run:443 HTTP/1.1\r\n\r\nhello", "CONNECT fal.run:443 HTTP/1.1\r\n\r\n",
    ] {
      var head = ConnectRequest.Head()
      head.append(ByteBuffer(string: text))
      #expect(head.rest == ByteBuffer(string: text.hasSuffix("hello") ? "hello" : ""))
    }
  }
}
