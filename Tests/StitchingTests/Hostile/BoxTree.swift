/// The boxes of an mp4 (ISO/IEC 14496-12, 4.2), read leniently and written again, right or wrong.
struct BoxTree {
  /// One box, or bytes that are none.
  struct Box {
    /// Four bytes; empty for bytes that are no box.
    var type: [UInt8]
    /// What stands between the header and the boxes inside: versions, counts, sample entries.
    var head: [UInt8]
    var boxes: [Box] = []
    /// The size that is written instead of the true one.
    var lie: UInt32?

    var name: String { String(decoding: type, as: UTF8.self) }

    /// All bytes, the header with them.
    var bytes: [UInt8] {
      let inside = head + boxes.flatMap(\.bytes)
      guard !type.isEmpty else { return inside }
      return BoxTree.big(lie ?? UInt32(truncatingIfNeeded: inside.count + 8)) + type + inside
    }
  }

  var boxes: [Box]

  init(_ bytes: [UInt8]) { boxes = Self.read(bytes[...]) }

  var bytes: [UInt8] { boxes.flatMap(\.bytes) }

  /// Bytes between a box's header and the boxes inside it; `nil` for boxes without any.
  private static func heads(_ name: String) -> Int? {
    switch name {
    case "moov", "trak", "mdia", "minf", "stbl", "edts", "dinf", "udta", "mvex", "moof", "traf": 0
    case "meta": 4
    case "stsd", "dref": 8
    case "avc1", "avc3", "hvc1", "hev1", "mp4v", "vp09", "av01", "apch", "apcn", "jpeg": 78
    case "mp4a", "sowt", "twos", "Opus", "fLaC": 28
    default: nil
    }
  }

  private static func read(_ bytes: ArraySlice<UInt8>) -> [Box] {
    var found: [Box] = []
    var rest = bytes
    while rest.count >= 8 {
      let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard size >= 8, size <= rest.count else { break }
      let type = Array(rest.dropFirst(4).prefix(4))
      let inside = rest.dropFirst(8).prefix(size - 8)
      if let head = heads(String(decoding: type, as: UTF8.self)), inside.count >= head {
        found.append(
          Box(type: type, head: Array(inside.prefix(head)), boxes: read(inside.dropFirst(head))))
      } else {
        found.append(Box(type: type, head: Array(inside)))
      }
      rest = rest.dropFirst(size)
    }
    if !rest.isEmpty { found.append(Box(type: [], head: Array(rest))) }
    return found
  }

  static func big(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The ways to all boxes, each an index per level.
  var paths: [[Int]] {
    func walk(_ boxes: [Box], _ way: [Int]) -> [[Int]] {
      boxes.enumerated().flatMap { index, box in
        [way + [index]] + walk(box.boxes, way + [index])
      }
    }
    return walk(boxes, [])
  }

  /// The box at `path`.
  func box(at path: [Int]) -> Box {
    var box = boxes[path[0]]
    for index in path.dropFirst() { box = box.boxes[index] }
    return box
  }

  /// Changes the boxes among which the last step of `path` is.
  mutating func change(around path: [Int], _ body: (inout [Box], Int) -> Void) {
    func descend(_ boxes: inout [Box], _ way: ArraySlice<Int>) {
      guard let first = way.first else { return }
      if way.count == 1 {
        body(&boxes, first)
      } else {
        descend(&boxes[first].boxes, way.dropFirst())
      }
    }
    descend(&boxes, path[...])
  }

  /// Adds `shift` to all places of samples in the file, as is right when bytes were put in before them.
  mutating func moveSamples(by shift: Int) {
    for path in paths {
      let name = box(at: path).name
      guard name == "stco" || name == "co64" else { continue }
      let width = name == "stco" ? 4 : 8
      change(around: path) { boxes, index in
        var head = boxes[index].head
        for place in stride(from: 8, to: head.count - width + 1, by: width) {
          let old = head[place..<place + width].reduce(0) { $0 << 8 | Int($1) }
          for byte in 0..<width {
            head[place + byte] = UInt8(
              truncatingIfNeeded: (old &+ shift) >> (8 * (width - 1 - byte)))
          }
        }
        boxes[index].head = head
      }
    }
  }
}
