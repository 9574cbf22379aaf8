internal import FoundationEssentials
internal import Keyframes
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Synchronization
internal import SystemPackage

/// Small pictures of keyframes and clips; what was made once is kept for the next report.
final class Thumbnails: Sendable {
  /// A picture to make.
  enum Subject {
    /// An authored keyframe, fitted as the model gets it.
    case keyframe(KeyframeUse)
    /// Frames around the film frame `frame`, side by side: two before, two from it on.
    case join(in: FilePath, frame: Int)
    /// A frame of a clip, or of the frames `within` it: the middle of the `part`th of 3 parts.
    case frame(of: FilePath, canvas: PixelSize, part: Int, within: Range<Int>? = nil)
  }

  /// A picture to make, and how many pixels wide it is at most.
  struct Order {
    var subject: Subject
    var width: Int
  }

  private let made = Mutex<[String: [UInt8]]>([:])

  /// The pictures that `orders` ask for as JPEG files, by name; what cannot be made is left out.
  ///
  /// Works on all processors. A report without a picture is better than none.
  func pictures(
    of orders: [String: Order], from library: KeyframeLibrary
  ) async -> [String: [UInt8]] {
    var found = made.withLock { made in made.filter { orders[$0.key] != nil } }
    let missing = orders.filter { found[$0.key] == nil }.sorted { $0.key < $1.key }
    let workers = max(1, min(ProcessInfo.processInfo.activeProcessorCount, missing.count))
    await withTaskGroup(of: [String: [UInt8]].self) { group in
      for worker in 0..<workers {
        let own = stride(from: worker, to: missing.count, by: workers).map { missing[$0] }
        group.addTask {
          let pictures = try? await OwnThread.run { token in
            try Self.make(own, from: library, token: token)
          }
          return pictures ?? [:]
        }
      }
      for await pictures in group { found.merge(pictures) { $1 } }
    }
    made.withLock { [found] in $0 = found }
    return found
  }

  private static func make(
    _ orders: [(key: String, value: Order)], from library: KeyframeLibrary,
    token: CancellationToken
  ) throws -> [String: [UInt8]] {
    var pictures: [String: [UInt8]] = [:]
    for (name, order) in orders {
      try token.check()
      let width = order.width
      guard let picture = try? picture(of: order.subject, width: width, from: library, token: token)
      else { continue }
      let height = max(2, picture.size.height * width / max(1, picture.size.width))
      let small =
        width < picture.size.width
        ? PictureFitter.fit(picture, .stretch, to: PixelSize(width: width, height: height))
        : picture
      pictures[name] = try? PictureWriter.encode(small, as: .jpeg(quality: 76))
    }
    return pictures
  }

  private static func picture(
    of subject: Subject, width: Int, from library: KeyframeLibrary, token: CancellationToken
  ) throws -> RGBPicture {
    switch subject {
    case .keyframe(var use):
      // Fitted into the small picture at once: the same part of the source, a tenth of the work.
      let canvas = use.recipe.canvas
      if width < canvas.width {
        use.recipe.canvas = PixelSize(
          width: width, height: max(2, canvas.height * width / max(1, canvas.width)))
      }
      return RGBPicture(try library.picture(use, token: token))
    case .join(let file, let frame): return try strip(VideoFrames(file), around: frame)
    case .frame(let file, let canvas, let part, let range):
      let frames = try VideoFrames(file)
      let shown = range ?? 0..<frames.facts.frames
      let picture = try frames.picture(at: shown.lowerBound + shown.count * (2 * part + 1) / 6)
      return picture.size == canvas ? picture : PictureFitter.fit(picture, .contain, to: canvas)
    }
  }

  /// Four frames in a row with a gap at the join.
  private static func strip(_ frames: VideoFrames, around join: Int) throws -> RGBPicture {
    let size = frames.facts.size
    let tile = PixelSize(width: 160, height: max(2, size.height * 160 / max(1, size.width)))
    let gap = 4
    var strip = RGBPicture(
      size: PixelSize(width: 4 * tile.width + 3 * gap, height: tile.height), red: 11, green: 10,
      blue: 9)
    for place in 0..<4 {
      let index = min(max(0, join - 2 + place), frames.facts.frames - 1)
      strip.place(
        PictureFitter.fit(try frames.picture(at: index), .stretch, to: tile),
        at: (place * (tile.width + gap), 0))
    }
    return strip
  }
}
