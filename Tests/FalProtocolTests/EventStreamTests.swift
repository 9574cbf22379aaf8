import FalProtocol
import Testing

@Suite("Event streams are read in pieces of any size")
struct EventStreamTests {
  private let text =
    ": ping\n\ndata: {\"a\":1}\n\nevent: x\r\ndata:b\r\ndata: c\r\n\r\ndata\n\nid: 3\n\n: x\rdata: d\r\rdata: cut"

  @Test("However the bytes are cut, the events are the same", arguments: 1...17)
  func pieces(size: Int) throws {
    let bytes = Array(text.utf8)
    var parser = EventStreamParser()
    var events: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = bytes[start..<min(start + size, bytes.count)]
      events += try parser.feed(piece).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(events == [#"{"a":1}"#, "b\nc", "", "d"])
  }

  @Test("A status that is sent is the status that is read, pings between them or not")
  func statuses() throws {
    let first = QueueStatus(.inQueue, requestID: "r", links: nil, queuePosition: 3)
    let last = QueueStatus(.completed, requestID: "r", links: nil, logs: [])
    var parser = EventStreamParser()
    let stream =
      EventStream.event(first) + EventStream.ping + EventStream.ping + EventStream.event(last)
    let events = try parser.feed(stream)
    let statuses = try events.map { try QueueStatus(decoding: JSONValue(parsing: $0)) }
    #expect(statuses == [first, last])
  }

  @Test("An endless event is an error, not an endless memory")
  func endless() throws {
    var parser = EventStreamParser(limit: 1000)
    #expect(throws: WireError.self) {
      for _ in 0..<100 { _ = try parser.feed(Array("data: 0123456789\n".utf8)) }
    }
  }
}
