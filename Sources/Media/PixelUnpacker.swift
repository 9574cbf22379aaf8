internal import CFFmpeg
internal import KeyreelCore

/// Turns decoded stills of any pixel format into opaque 8-bit RGB.
enum PixelUnpacker {
  /// Where the samples of one pixel stand, in bytes.
  private struct Layout {
    var pixel: Int
    var red: Int
    var green: Int
    var blue: Int
    var alpha: Int?
    /// Big-endian 16-bit samples instead of 8-bit ones.
    var isDeep = false
  }

  /// The whole of `frame`; with `hasAlpha`, composited over black, otherwise its alpha is ignored.
  static func rgb(_ frame: LibavFrame, hasAlpha: Bool, name: String) throws -> RGBPicture {
    if let layout = layout(of: frame.format) {
      return unpack(frame, layout, hasAlpha: hasAlpha)
    }
    switch frame.format {
    case AV_PIX_FMT_PAL8: return try unpackPalette(frame, hasAlpha: hasAlpha)
    case AV_PIX_FMT_MONOBLACK: return unpackBits(frame)
    default:
      let wanted = hasAlpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24
      let scaler = PictureScaler(to: frame.size, format: wanted)
      return try rgb(try scaler.convert(frame, file: name), hasAlpha: hasAlpha, name: name)
    }
  }

  private static func layout(of format: AVPixelFormat) -> Layout? {
    switch format {
    case AV_PIX_FMT_RGB24: Layout(pixel: 3, red: 0, green: 1, blue: 2)
    case AV_PIX_FMT_RGBA: Layout(pixel: 4, red: 0, green: 1, blue: 2, alpha: 3)
    case AV_PIX_FMT_ARGB: Layout(pixel: 4, red: 1, green: 2, blue: 3, alpha: 0)
    case AV_PIX_FMT_GRAY8: Layout(pixel: 1, red: 0, green: 0, blue: 0)
    case AV_PIX_FMT_YA8: Layout(pixel: 2, red: 0, green: 0, blue: 0, alpha: 1)
    case AV_PIX_FMT_RGB48BE: Layout(pixel: 6, red: 0, green: 2, blue: 4, isDeep: true)
    case AV_PIX_FMT_RGBA64BE: Layout(pixel: 8, red: 0, green: 2, blue: 4, alpha: 6, isDeep: true)
    case AV_PIX_FMT_GRAY16BE: Layout(pixel: 2, red: 0, green: 0, blue: 0, isDeep: true)
    case AV_PIX_FMT_YA16BE: Layout(pixel: 4, red: 0, green: 0, blue: 0, alpha: 2, isDeep: true)
    default: nil
    }
  }

  private static func unpack(_ frame: LibavFrame, _ layout: Layout, hasAlpha: Bool) -> RGBPicture {
    let isPlain = frame.format == AV_PIX_FMT_RGB24
    return fill(frame) { source, target, width in
      if isPlain {
        target.update(from: source, count: 3 * width)
        return
      }
      let alphaPlace = hasAlpha ? layout.alpha : nil
      for column in 0..<width {
        let pixel = source + column * layout.pixel
        let place = target + 3 * column
        if layout.isDeep {
          let alpha = alphaPlace.map { deep(pixel, $0) } ?? 65535
          place[0] = rounded(deep(pixel, layout.red), alpha)
          place[1] = rounded(deep(pixel, layout.green), alpha)
          place[2] = rounded(deep(pixel, layout.blue), alpha)
        } else if let alphaPlace {
          let alpha = Int(pixel[alphaPlace])
          place[0] = overBlack(pixel[layout.red], alpha)
          place[1] = overBlack(pixel[layout.green], alpha)
          place[2] = overBlack(pixel[layout.blue], alpha)
        } else {
          place[0] = pixel[layout.red]
          place[1] = pixel[layout.green]
          place[2] = pixel[layout.blue]
        }
      }
    }
  }

  private static func unpackPalette(_ frame: LibavFrame, hasAlpha: Bool) throws -> RGBPicture {
    guard let table = frame.pointer.pointee.data.1 else {
      throw LibavError.error(avx_error_invalid_data, "reading the palette", file: "picture")
    }
    // Entries are 0xAARRGGBB in the machine's byte order.
    let colors = UnsafeRawPointer(table).assumingMemoryBound(to: UInt32.self)
    let palette: [UInt8] = (0..<256).flatMap { index -> [UInt8] in
      let color = colors[index]
      let alpha = hasAlpha ? Int(color >> 24) : 255
      return [16, 8, 0].map { overBlack(UInt8(truncatingIfNeeded: color >> $0), alpha) }
    }
    return palette.withUnsafeBufferPointer { palette in
      fill(frame) { source, target, width in
        for column in 0..<width {
          let entry = 3 * Int(source[column])
          target[3 * column] = palette[entry]
          target[3 * column + 1] = palette[entry + 1]
          target[3 * column + 2] = palette[entry + 2]
        }
      }
    }
  }

  private static func unpackBits(_ frame: LibavFrame) -> RGBPicture {
    fill(frame) { source, target, width in
      for column in 0..<width {
        let isSet = source[column / 8] >> UInt8(7 - column % 8) & 1 == 1
        (target + 3 * column).update(repeating: isSet ? 255 : 0, count: 3)
      }
    }
  }

  /// Calls `body` for every row of plane 0 with the place where its RGB pixels go and the width.
  private static func fill(
    _ frame: LibavFrame,
    _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int) -> Void
  ) -> RGBPicture {
    let size = frame.size
    let pixels = [UInt8](unsafeUninitializedCapacity: size.area * 3) { buffer, count in
      count = size.area * 3
      guard let source = frame.pointer.pointee.data.0, let target = buffer.baseAddress else {
        buffer.initialize(repeating: 0)
        return
      }
      let stride = Int(frame.pointer.pointee.linesize.0)
      for row in 0..<size.height {
        body(UnsafePointer(source + row * stride), target + row * size.width * 3, size.width)
      }
    }
    return RGBPicture(size: size, pixels: pixels)
  }

  private static func deep(_ pixel: UnsafePointer<UInt8>, _ place: Int) -> Int {
    Int(pixel[place]) << 8 | Int(pixel[place + 1])
  }

  private static func rounded(_ value: Int, _ alpha: Int) -> UInt8 {
    let opaque = alpha == 65535 ? value : (value * alpha + 32767) / 65535
    return UInt8((opaque * 255 + 32767) / 65535)
  }

  private static func overBlack(_ value: UInt8, _ alpha: Int) -> UInt8 {
    UInt8((Int(value) * alpha + 127) / 255)
  }
}
