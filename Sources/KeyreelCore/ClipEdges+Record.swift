/// The form in which a store keeps edges: numbers with the lowest byte first, a digest at the end.
extension ClipEdges {
  /// Changes whenever frames are measured in another way, so that older records are not read.
  private static let form: [UInt8] = Array("edges1\n".utf8)
  private static let digestLength = 32

  /// The record.
  public var record: [UInt8] {
    var writer = RecordWriter(bytes: Self.form)
    for number in [size.width, size.height, frames] { writer.add(UInt32(clamping: number)) }
    for run in [head, tail] {
      writer.add(UInt32(clamping: run.start))
      writer.add(UInt32(clamping: run.traits.count))
      for traits in run.traits {
        for plane in [traits.sketch.luma, traits.sketch.blue, traits.sketch.red] {
          // Sketches have 256 parts of a step.
          for value in plane { writer.add(UInt16(clamping: Int((value * 256).rounded()))) }
        }
        writer.add(traits.sharpness.bitPattern)
      }
      for motion in run.motions { writer.add(motion.bitPattern) }
    }
    writer.add(UInt32(clamping: smalls.count))
    for (index, small) in smalls.sorted(by: { $0.key < $1.key }) {
      for number in [index, small.columns, small.cells.count] {
        writer.add(UInt32(clamping: number))
      }
      for cell in small.cells { writer.add(cell) }
    }
    writer.add(UInt32(clamping: pictures.count))
    for (index, bytes) in pictures.sorted(by: { $0.key < $1.key }) {
      for number in [index, bytes.count] { writer.add(UInt32(clamping: number)) }
      writer.bytes += bytes
    }
    return writer.bytes + Digest.of(writer.bytes).bytes
  }

  /// Reads a ``record``; `nil` for one that is damaged or of another version.
  public init?(record: [UInt8]) {
    let length = record.count - Self.digestLength
    guard length > Self.form.count, record.starts(with: Self.form),
      Digest.of(record[..<length]).bytes == Array(record[length...])
    else { return nil }
    var reader = RecordReader(bytes: record[Self.form.count..<length])
    guard let width = reader.count(), let height = reader.count(), let frames = reader.count(),
      let head = reader.run(), let tail = reader.run(), let smalls = reader.smalls(),
      let pictures = reader.pictures(), reader.isAtEnd
    else { return nil }
    self.init(
      size: PixelSize(width: width, height: height), frames: frames, head: head, tail: tail,
      smalls: smalls, pictures: pictures)
  }
}

private struct RecordWriter {
  var bytes: [UInt8]

  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

private struct RecordReader {
  private let bytes: [UInt8]
  private var place = 0

  init(bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

  var isAtEnd: Bool { place == bytes.count }

  /// `count` numbers; `nil` when there are not so many.
  mutating func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _: Number.Type
  ) -> [Number]? {
    let size = MemoryLayout<Number>.size
    guard count >= 0, count <= (bytes.count - place) / size else { return nil }
    defer { place += count * size }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        Number(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: place + index * size, as: Number.self))
      }
    }
  }

  mutating func count() -> Int? { numbers(1, UInt32.self).map { Int($0[0]) } }

  mutating func run() -> ClipEdges.Run? {
    guard let start = count(), let count = count(), count <= ClipEdges.reach else { return nil }
    var run = ClipEdges.Run(start: start)
    for _ in 0..<count {
      guard let luma = plane(), let blue = plane(), let red = plane(),
        let sharpness = numbers(1, UInt64.self)
      else { return nil }
      run.traits.append(
        FrameTraits(
          sketch: PictureSketch(luma: luma, blue: blue, red: red),
          sharpness: Double(bitPattern: sharpness[0])))
    }
    guard let motions = numbers(max(0, count - 1), UInt64.self) else { return nil }
    run.motions = motions.map(Double.init(bitPattern:))
    return run
  }

  mutating func smalls() -> [Int: SmallPicture]? {
    guard let count = count() else { return nil }
    var smalls: [Int: SmallPicture] = [:]
    for _ in 0..<count {
      guard let index = self.count(), let columns = self.count(), let length = self.count(),
        columns > 0, length % columns == 0, let cells = numbers(length, UInt16.self)
      else { return nil }
      smalls[index] = SmallPicture(columns: columns, cells: cells)
    }
    return smalls
  }

  mutating func pictures() -> [Int: [UInt8]]? {
    guard let count = count() else { return nil }
    var pictures: [Int: [UInt8]] = [:]
    for _ in 0..<count {
      guard let index = self.count(), let length = self.count(),
        let bytes = numbers(length, UInt8.self)
      else { return nil }
      pictures[index] = bytes
    }
    return pictures
  }

  private mutating func plane() -> [Double]? {
    numbers(PictureSketch.side * PictureSketch.side, UInt16.self)?.map { Double($0) / 256 }
  }
}
