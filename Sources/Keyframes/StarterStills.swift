public import Media
public import SystemPackage

/// Draws the stills of a new project: one lake between hills at three hours of a day.
///
/// Own drawings, free to use for anything. The same bytes on every machine.
public enum StarterStills {
  /// An hour of the day; its raw value is the file's name without ending.
  public enum Hour: String, Hashable, Sendable, CaseIterable {
    /// Low sun on the left, mist over the lake.
    case morning
    /// High sun, clear colours.
    case noon
    /// Low sun on the right, warm.
    case evening
  }

  /// The still of `hour`, 1280 × 720.
  public static func picture(_ hour: Hour) -> RGBPicture {
    StarterScene(palette(hour)).draw()
  }

  /// Writes `morning.jpg`, `noon.jpg` and `evening.jpg` into `folder`, which must exist.
  public static func write(into folder: FilePath) throws {
    for hour in Hour.allCases {
      try PictureWriter.write(
        picture(hour), to: folder.appending("\(hour.rawValue).jpg"), as: .jpeg(quality: 90))
    }
  }

  private static func palette(_ hour: Hour) -> ScenePalette {
    switch hour {
    case .morning:
      ScenePalette(
        skyTop: [84, 124, 178], skyMiddle: [186, 186, 204], skyLow: [252, 214, 176],
        sun: [255, 232, 190], sunX: 0.24, sunY: 0.40, glow: 0.85, cloud: [255, 226, 206],
        clouds: 0.55, farHill: [158, 164, 190], nearHill: [34, 52, 58], haze: [240, 214, 198],
        hazeAmount: 0.60, water: [120, 140, 170], pan: 0)
    case .noon:
      ScenePalette(
        skyTop: [44, 108, 196], skyMiddle: [104, 164, 228], skyLow: [196, 224, 242],
        sun: [255, 250, 230], sunX: 0.54, sunY: 0.13, glow: 0.45, cloud: [255, 255, 255],
        clouds: 0.85, farHill: [124, 158, 186], nearHill: [30, 76, 48], haze: [196, 218, 232],
        hazeAmount: 0.35, water: [40, 96, 140], pan: 26)
    case .evening:
      ScenePalette(
        skyTop: [40, 34, 84], skyMiddle: [156, 76, 112], skyLow: [255, 158, 84],
        sun: [255, 206, 130], sunX: 0.74, sunY: 0.45, glow: 0.95, cloud: [255, 140, 110],
        clouds: 0.75, farHill: [132, 84, 122], nearHill: [26, 20, 40], haze: [238, 138, 104],
        hazeAmount: 0.45, water: [58, 40, 80], pan: 52)
    }
  }
}
