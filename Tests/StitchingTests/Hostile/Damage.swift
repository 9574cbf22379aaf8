/// Ways of damaging a media file, chosen by dice: lies in boxes, torn files, flipped bits.
struct Damage {
  var dice: SplitMix
  /// What was done, for messages.
  private(set) var story: [String] = []

  init(seed: Int) { dice = SplitMix(state: UInt64(seed) &* 0x9E37_79B9 &+ 0x51_7CC1) }

  /// One to three damages of `bytes`; `other` is a file to borrow from.
  mutating func applied(to bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<dice.roll(1...3) {
      let isBoxed = bytes.count > 8 && Array(bytes[4..<8]) == Array("ftyp".utf8)
      bytes =
        isBoxed && !dice.isLucky(4) ? boxes(of: bytes, other: other) : rawBytes(bytes, other: other)
    }
    return bytes
  }

  private mutating func note(_ text: String) { story.append(text) }

  // MARK: Boxes

  private mutating func boxes(of bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    var tree = BoxTree(bytes)
    let paths = tree.paths.filter { !tree.box(at: $0).type.isEmpty }
    guard !paths.isEmpty else { return rawBytes(bytes, other: other) }
    // Tables and descriptions are what readers stumble over.
    let named: Set<String> = [
      "stts", "ctts", "stsz", "stsc", "stco", "co64", "stss", "elst", "trun", "tfhd", "tfdt",
      "avcC", "hvcC", "esds", "mdhd", "mvhd", "tkhd", "stsd", "hdlr", "sdtp", "trex", "colr",
    ]
    let tables = paths.filter { named.contains(tree.box(at: $0).name) }
    let path = choose(tables.isEmpty || dice.isLucky(3) ? paths : tables)
    let before = bytes.count
    switch dice.roll(0...11) {
    case 0: lie(&tree, path)
    case 1: rename(&tree, path)
    case 2: double(&tree, path)
    case 3: remove(&tree, path)
    case 4: swap(&tree, path, choose(paths))
    case 5: nest(&tree, path)
    case 6: borrow(&tree, path, BoxTree(other))
    case 7, 8: count(&tree, path)
    case 9: cut(&tree, path)
    default: words(&tree, path)
    }
    if dice.isLucky(2) {
      let shift = tree.bytes.count - before
      if shift != 0 { tree.moveSamples(by: shift) }
    }
    return tree.bytes
  }

  private mutating func choose<Value>(_ values: [Value]) -> Value {
    values[dice.roll(0...values.count - 1)]
  }

  /// Numbers at which readers overflow, allocate or loop.
  private mutating func nasty() -> UInt32 {
    switch dice.roll(0...6) {
    case 0: choose([0, 1, 2, 7, 8, 16])
    case 1: choose([0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001])
    case 2: choose([0x1000_0000, 0x0FFF_FFFF, 0x4000_0000, 0x2000_0000, 0x0010_0000])
    case 3: UInt32(1) << UInt32(dice.roll(0...31))
    case 4: UInt32(dice.roll(0...300))
    default: UInt32(truncatingIfNeeded: dice.next())
    }
  }

  private mutating func lie(_ tree: inout BoxTree, _ path: [Int]) {
    let size =
      dice.isLucky(2) ? nasty() : UInt32(max(0, tree.box(at: path).bytes.count + dice.roll(-9...9)))
    note("size of \(tree.box(at: path).name) = \(size)")
    tree.change(around: path) { $0[$1].lie = size }
  }

  private mutating func rename(_ tree: inout BoxTree, _ path: [Int]) {
    let name = choose([
      "moov", "trak", "mdia", "stbl", "mdat", "free", "stsz", "stco", "stts", "avc1", "hvc1",
      "mp4v", "vp09", "av01", "mp4a", "avcC", "hvcC", "esds", "moof", "udta", "meta", "uuid",
      "cmov", "sidx", "mvex", "elst", "jpeg", "raw ", "tmcd", "apch", "encv", "sinf", "hint",
    ])
    note("\(tree.box(at: path).name) is called \(name)")
    tree.change(around: path) { $0[$1].type = Array(name.utf8) }
  }

  private mutating func double(_ tree: inout BoxTree, _ path: [Int]) {
    let times = dice.isLucky(6) ? 300 : 1
    guard tree.box(at: path).bytes.count * times < 1 << 20 else { return }
    note("\(tree.box(at: path).name) \(times) times more")
    tree.change(around: path) {
      $0.insert(contentsOf: Array(repeating: $0[$1], count: times), at: $1)
    }
  }

  private mutating func remove(_ tree: inout BoxTree, _ path: [Int]) {
    note("without \(tree.box(at: path).name)")
    tree.change(around: path) { $0.remove(at: $1) }
  }

  private mutating func swap(_ tree: inout BoxTree, _ path: [Int], _ other: [Int]) {
    let (one, two) = (tree.box(at: path), tree.box(at: other))
    // A box cannot stand inside itself.
    guard !path.starts(with: other), !other.starts(with: path) else { return }
    note("\(one.name) and \(two.name) change places")
    tree.change(around: path) { $0[$1] = two }
    tree.change(around: other) { $0[$1] = one }
  }

  private mutating func nest(_ tree: inout BoxTree, _ path: [Int]) {
    let name = choose(["moov", "trak", "udta", "meta", "moof", "traf", "stbl", "dinf", "edts"])
    let depth = choose([3, 12, 60, 2000])
    guard tree.box(at: path).bytes.count < 1 << 16 else { return }
    note("\(tree.box(at: path).name) inside \(depth) times \(name)")
    // Written flat: a tree of this depth would be walked too deep here as well.
    var bytes = tree.box(at: path).bytes
    var headers: [[UInt8]] = []
    for _ in 0..<depth {
      let head: [UInt8] = name == "meta" ? [0, 0, 0, 0] : []
      let size = bytes.count + headers.reduce(0) { $0 + $1.count } + 8 + head.count
      headers.append(BoxTree.big(UInt32(size)) + Array(name.utf8) + head)
    }
    bytes = headers.reversed().flatMap(\.self) + bytes
    tree.change(around: path) { $0[$1] = BoxTree.Box(type: [], head: bytes) }
  }

  private mutating func borrow(_ tree: inout BoxTree, _ path: [Int], _ other: BoxTree) {
    let name = tree.box(at: path).name
    let alike = other.paths.filter { other.box(at: $0).name == name }
    guard !alike.isEmpty else { return }
    note("\(name) of another file")
    let box = other.box(at: choose(alike))
    tree.change(around: path) { $0[$1] = box }
  }

  private mutating func count(_ tree: inout BoxTree, _ path: [Int]) {
    let value = nasty()
    let box = tree.box(at: path)
    // Versions and flags first, the count behind; the sample sizes' table has one number between.
    let place = box.name == "stsz" && dice.isLucky(2) ? 8 : 4
    note("count of \(box.name) = \(value)")
    tree.change(around: path) { boxes, index in
      guard boxes[index].head.count >= place + 4 else { return }
      boxes[index].head.replaceSubrange(place..<place + 4, with: BoxTree.big(value))
    }
  }

  private mutating func cut(_ tree: inout BoxTree, _ path: [Int]) {
    let box = tree.box(at: path)
    guard !box.head.isEmpty else { return }
    let length = dice.roll(0...box.head.count - 1)
    note("\(box.name) cut to \(length)")
    tree.change(around: path) { $0[$1].head = Array($0[$1].head.prefix(length)) }
  }

  private mutating func words(_ tree: inout BoxTree, _ path: [Int]) {
    let box = tree.box(at: path)
    guard box.head.count >= 4 else { return }
    for _ in 0..<dice.roll(1...4) {
      let place = min(dice.roll(0...box.head.count / 4) * 4, box.head.count - 4)
      let value = nasty()
      note("\(box.name)[\(place)] = \(value)")
      tree.change(around: path) {
        $0[$1].head.replaceSubrange(place..<place + 4, with: BoxTree.big(value))
      }
    }
  }

  // MARK: Bytes

  private mutating func rawBytes(_ bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    guard bytes.count > 1 else { return other }
    var bytes = bytes
    let last = bytes.count - 1
    switch dice.roll(0...6) {
    case 0:
      let end = dice.roll(0...last)
      note("cut to \(end)")
      return Array(bytes.prefix(end))
    case 1:
      let start = dice.roll(0...last)
      let count = min(last - start, dice.roll(1...4000))
      note("\(count) bytes missing at \(start)")
      bytes.removeSubrange(start..<start + count)
    case 2:
      let start = dice.roll(0...last)
      let count = min(last - start, dice.roll(1...2000))
      note("zeros at \(start), \(count)")
      for place in start..<start + count { bytes[place] = 0 }
    case 3:
      let (start, from) = (dice.roll(0...last), dice.roll(0...max(0, other.count - 1)))
      let count = min(last - start, other.count - from, dice.roll(1...3000))
      note("\(count) bytes of another file at \(start)")
      bytes.replaceSubrange(start..<start + count, with: other[from..<from + count])
    default:
      let region = dice.isLucky(3) ? min(last, 1500) : last
      let bits = dice.roll(1...dice.roll(1...64))
      note("\(bits) bits up to \(region)")
      for _ in 0..<bits { bytes[dice.roll(0...region)] ^= 1 << UInt8(dice.roll(0...7)) }
    }
    return bytes
  }
}
