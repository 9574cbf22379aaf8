/// Writes server-sent events as fal's streams have them: one `data:` line each.
public enum EventStream {
  /// The media type.
  public static let contentType = "text/event-stream"

  /// An event with a status.
  public static func event(_ status: QueueStatus) -> [UInt8] { event(status.bytes) }

  /// An event with one line of JSON.
  public static func event(_ json: [UInt8]) -> [UInt8] {
    Array("data: ".utf8) + json + Array("\n\n".utf8)
  }

  /// A comment that keeps a connection alive; fal sends one each 15 seconds.
  public static let ping = Array(": ping\n\n".utf8)
}

/// Puts the events of a stream together from pieces of any size.
///
/// By the HTML standard's section on server-sent events: lines end with LF, CR or CRLF, several
/// `data` lines of an event are joined by LF, an event that the stream's end cuts off is dropped.
public struct EventStreamParser: Sendable {
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var endsWithReturn = false
  private let limit: Int

  /// A parser that takes events of up to `limit` bytes.
  public init(limit: Int = 8 << 20) { self.limit = limit }

  /// The data of the events that `bytes` complete.
  public mutating func feed(_ bytes: some Sequence<UInt8>) throws(WireError) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      let wasReturn = endsWithReturn
      endsWithReturn = byte == 0x0D
      switch byte {
      case 0x0A where wasReturn: break
      case 0x0A, 0x0D:
        if let event = endLine() { events.append(event) }
      default:
        line.append(byte)
        guard line.count + data.count <= limit else {
          throw WireError("an event of a stream has more than \(limit) bytes")
        }
      }
    }
    return events
  }

  /// Takes one line; gives an event when the line is empty.
  private mutating func endLine() -> [UInt8]? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty {
      defer {
        data = []
        hasData = false
      }
      return hasData ? data : nil
    }
    let name = Array("data".utf8)
    guard line.starts(with: name) else { return nil }
    var value = line.dropFirst(name.count)
    if !value.isEmpty {
      guard value.removeFirst() == UInt8(ascii: ":") else { return nil }
      if value.first == 0x20 { value.removeFirst() }
    }
    if hasData { data.append(0x0A) }
    data += value
    hasData = true
    return nil
  }
}
