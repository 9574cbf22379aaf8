internal import CFFmpeg
internal import KeyreelCore

/// Owns one `AVFrame`, a decoded picture or stretch of sound; used on one thread only.
final class LibavFrame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() throws {
    guard let pointer = av_frame_alloc() else {
      throw LibavError.error(avx_error_no_memory, "allocating a frame", file: "memory")
    }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&pointer)
  }

  /// A writable picture of this size and pixel format.
  convenience init(size: PixelSize, format: AVPixelFormat) throws {
    try self.init()
    pointer.pointee.width = Int32(size.width)
    pointer.pointee.height = Int32(size.height)
    pointer.pointee.format = format.rawValue
    try LibavError.check(av_frame_get_buffer(pointer, 0), "allocating a picture", file: "memory")
  }

  var size: PixelSize {
    PixelSize(width: Int(pointer.pointee.width), height: Int(pointer.pointee.height))
  }

  var format: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }

  /// Copies a 4:2:0 picture in; the frame must have been made with that size and format.
  func fill(from frame: PlanarFrame) throws {
    try LibavError.check(av_frame_make_writable(pointer), "preparing a picture", file: "memory")
    for (plane, samples) in [frame.luma, frame.blue, frame.red].enumerated() {
      let width = plane == 0 ? frame.size.width : frame.size.width / 2
      copy(samples, rowLength: width, toPlane: plane)
    }
  }

  /// Copies rows of `rowLength` bytes into plane 0, 1 or 2.
  func copy(_ samples: [UInt8], rowLength: Int, toPlane plane: Int) {
    let (data, stride) = self.plane(plane)
    guard let data else { return }
    samples.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      for row in 0..<(samples.count / rowLength) {
        data.advanced(by: row * stride).update(
          from: start.advanced(by: row * rowLength), count: rowLength)
      }
    }
  }

  /// Reads `rows` rows of `rowLength` bytes of plane 0, 1 or 2.
  func samples(ofPlane plane: Int, rowLength: Int, rows: Int) -> [UInt8] {
    let (data, stride) = self.plane(plane)
    return [UInt8](unsafeUninitializedCapacity: rowLength * rows) { buffer, count in
      guard let data, let start = buffer.baseAddress else { return }
      for row in 0..<rows {
        start.advanced(by: row * rowLength).update(
          from: data.advanced(by: row * stride), count: rowLength)
      }
      count = rowLength * rows
    }
  }

  /// The picture as planar 4:2:0; it must have that format.
  func planarFrame() -> PlanarFrame {
    let (width, height) = (size.width, size.height)
    return PlanarFrame(
      size: size, luma: samples(ofPlane: 0, rowLength: width, rows: height),
      blue: samples(ofPlane: 1, rowLength: width / 2, rows: height / 2),
      red: samples(ofPlane: 2, rowLength: width / 2, rows: height / 2))
  }

  private func plane(_ index: Int) -> (data: UnsafeMutablePointer<UInt8>?, stride: Int) {
    let data = pointer.pointee.data
    let stride = pointer.pointee.linesize
    return switch index {
    case 0: (data.0, Int(stride.0))
    case 1: (data.1, Int(stride.1))
    case 2: (data.2, Int(stride.2))
    default: (data.3, Int(stride.3))
    }
  }
}
