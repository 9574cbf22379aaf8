import KeyreelCore
import Media

/// What cannot be found in a scene: the limits that docs/joins.md states.
extension RealScene {
  /// `defect`, as far as the scene can have it.
  func having(_ defect: ClipDefect) -> ClipDefect {
    guard case .jump(let pixels) = defect else { return defect }
    // A camera that jumps more than half of its way ahead would have to wait for its keyframe.
    return speed > 0 ? .jump(min(pixels, Int(20 * speed))) : .none
  }

  /// Whether `defect` is above the threshold of `fault`, and nothing hides it.
  func shows(_ defect: ClipDefect, as fault: JoinFault, on ground: Ground) -> Bool {
    let clean = picture(at: Double(Self.clipFrames - 1), on: ground, grainSeed: 0)
    let was = PictureSketch(clean)
    let became = PictureSketch(defect.applied(to: clean, way: 0))
    switch fault {
    // Grain looks like motion, and hides that nothing else moves.
    case .duplicate, .stall: return speed > 0 && grain == 0
    // Nothing is said of motion that is not there; in the dark, grain is most of what moves; and from
    // frame to frame of a fast pan the picture differs by more than a third of what its other parts do.
    case .jump: return speed > 0 && speed < 4 && (grain == 0 || light == (100, 100))
    case .luma: return abs(became.light - was.light) > JoinRules.mostLuma
    case .chroma: return became.colorStep(from: was) > JoinRules.mostChroma
    // What moves by seven pixels in a frame has few fine details left: 0.43 doublings are measured.
    case .sharpness: return defect != .blur(2) || speed < 4
    case .drift: return true
    }
  }
}

extension PictureSketch {
  /// Root of the mean square of the parts' steps in both colour differences.
  fileprivate func colorStep(from other: PictureSketch) -> Double {
    let squares = blue.indices.map { part in
      let (blue, red) = (blue[part] - other.blue[part], red[part] - other.red[part])
      return blue * blue + red * red
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }
}
