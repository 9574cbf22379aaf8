import Foundation
import KeyreelCore
import Media

/// What can be wrong with a clip between two keyframes.
enum ClipDefect: Hashable, Sendable {
  case none
  /// The first frame is shown so many times more.
  case doubledStart(Int)
  /// The last frame is shown so many times more.
  case doubledEnd(Int)
  /// Motion all but stops for so many frames at the beginning.
  case stalledStart(Int)
  /// Motion all but stops for so many frames before the end.
  case stalledEnd(Int)
  /// Brighter by so many steps.
  case luma(Int)
  /// Light is multiplied by so many per cent.
  case gain(Int)
  /// Light is bent: the exponent in per cent.
  case gamma(Int)
  /// Bluer by so many steps.
  case chroma(Int)
  /// Colours are turned by so many degrees.
  case hue(Int)
  /// Softened so many times.
  case blur(Int)
  /// Right at its beginning, brighter by so many steps at its end.
  case drift(Int)
  /// Begins so many pixels away from where the first clip ended.
  case jump(Int)

  /// The moment, in frames from the clip's beginning, that frame `index` shows; `speed` is in pixels.
  func time(of index: Int, last: Int, speed: Double) -> Double {
    let time = Double(index)
    switch self {
    case .doubledStart(let count):
      return Double(max(0, index - count) * last) / Double(last - count)
    case .doubledEnd(let count):
      return Double(min(index, last - count) * last) / Double(last - count)
    case .stalledStart(let count): return Self.eased(index, last, count)
    case .stalledEnd(let count): return Double(last) - Self.eased(last - index, last, count)
    case .jump(let pixels): return time + Double(pixels) / speed * (1 - time / Double(last))
    default: return time
    }
  }

  private static func eased(_ index: Int, _ last: Int, _ count: Int) -> Double {
    let crawl = 0.06
    guard index > count else { return Double(index) * crawl }
    let rest = Double(last) - Double(count) * crawl
    return Double(count) * crawl + Double(index - count) * rest / Double(last - count)
  }

  /// The frame that the clip shows in place of `picture`, `way` (0…1) through it.
  func applied(to picture: PlanarFrame, way: Double) -> PlanarFrame {
    var frame = picture
    switch self {
    case .luma(let steps): frame.luma = Self.mapped(frame.luma) { $0 + Double(steps) }
    case .gain(let percent):
      frame.luma = Self.mapped(frame.luma) { 16 + ($0 - 16) * Double(percent) / 100 }
    case .gamma(let percent):
      frame.luma = Self.mapped(frame.luma) {
        16 + 219 * pow(max(0, $0 - 16) / 219, Double(percent) / 100)
      }
    case .chroma(let steps): frame.blue = Self.mapped(frame.blue) { $0 + Double(steps) }
    case .hue(let degrees):
      let (sine, cosine) = (sin(Double(degrees) * .pi / 180), cos(Double(degrees) * .pi / 180))
      for place in frame.blue.indices {
        let (blue, red) = (Double(picture.blue[place]) - 128, Double(picture.red[place]) - 128)
        frame.blue[place] = UInt8((128 + cosine * blue - sine * red).rounded())
        frame.red[place] = UInt8((128 + sine * blue + cosine * red).rounded())
      }
    case .blur(let times): for _ in 0..<times { frame.luma = Self.softened(frame) }
    case .drift(let steps): frame.luma = Self.mapped(frame.luma) { $0 + Double(steps) * way }
    default: break
    }
    return frame
  }

  private static func mapped(_ plane: [UInt8], _ change: (Double) -> Double) -> [UInt8] {
    let table = (0..<256).map { UInt8(max(1, min(254, change(Double($0)).rounded()))) }
    return plane.map { table[Int($0)] }
  }

  /// Each sample gives half of itself to its four neighbours.
  private static func softened(_ frame: PlanarFrame) -> [UInt8] {
    let (width, height) = (frame.size.width, frame.size.height)
    var soft = frame.luma
    frame.luma.withUnsafeBufferPointer { luma in
      for row in 1..<height - 1 {
        for place in (row * width + 1)..<(row * width + width - 1) {
          let around =
            Int(luma[place - 1]) + Int(luma[place + 1]) + Int(luma[place - width])
            + Int(luma[place + width])
          soft[place] = UInt8((4 * Int(luma[place]) + around + 4) / 8)
        }
      }
    }
    return soft
  }
}
