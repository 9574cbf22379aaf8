internal import KeyreelCore
internal import Media

/// What tells a plain animatic from one that imitates a paid clip's quirks.
struct ClipStyle: Sendable {
  let isQuirky: Bool

  /// Frames that are delivered when `asked` are asked for; paid clips come as 36 · N + 1.
  func frames(asked: Int) -> Int {
    isQuirky ? 36 * max(1, (asked + 18) / 36) + 1 : asked
  }

  /// How the clip is encoded.
  ///
  /// Plain: key frames every second and no B frames, so that any end can be cut off without encoding
  /// anew, and no setting that depends on the clip, so that all clips of a canvas share one header.
  /// Quirky: as libraries encode by default, one group of pictures with B frames, untagged.
  func settings(_ size: PixelSize, _ rate: FrameRate) -> VideoSettings {
    isQuirky
      ? VideoSettings(
        size: size, frameRate: rate, preset: "medium", keyInterval: 250, bFrames: 3,
        isColorTagged: false)
      : VideoSettings(
        size: size, frameRate: rate, preset: "veryfast", keyInterval: 30,
        options: "rc-lookahead=0")
  }

  /// The frame `index` of `count` as it is delivered.
  ///
  /// A quirky clip does not quite arrive: its last frame is one from shortly before the end.
  func frame(_ index: Int, of count: Int, from between: InBetweener) -> PlanarFrame {
    guard isQuirky, index > 0 else { return between.frame(index, of: count) }
    let share = Float(index) / Float(count - 1)
    return weathered(between.frame(at: share * 0.97), by: share)
  }

  /// Softer and brighter by a `share` of 0…1.
  private func weathered(_ frame: PlanarFrame, by share: Float) -> PlanarFrame {
    let (gain, blur) = (256 + Int32(10 * share), Int32(112 * share))
    var result = frame
    let (width, height) = (frame.size.width, frame.size.height)
    frame.luma.withUnsafeBufferPointer { from in
      result.luma.withUnsafeMutableBufferPointer { to in
        for y in 0..<height {
          let (above, below) = (max(0, y - 1) * width, min(height - 1, y + 1) * width)
          for x in 0..<width {
            let own = Int32(from[y &* width &+ x])
            let around = (Int32(from[above &+ x]) &+ Int32(from[below &+ x])) &>> 1
            let soft = (own &* (256 &- blur) &+ around &* blur) &>> 8
            to[y &* width &+ x] = UInt8(max(16, min(235, 16 &+ ((soft &- 16) &* gain) &>> 8)))
          }
        }
      }
    }
    return result
  }
}
