import KeyreelCore
import Media
import Stitching
import SystemPackage

/// Many short segments of one camera move, each a little brighter than the one before.
struct DriftingChain {
  static let frames = 13

  let segments: Int
  /// Steps of luma by which a segment ends brighter than it began.
  let steps: Double

  /// Writes the clips and stitches them; the film is at `folder`/film.mp4.
  func film(in folder: FilePath, mend: JoinMending) throws -> StitchReport {
    let scene = MovingScene(speed: 0.6)
    let last = Self.frames - 1
    let paths = try (0..<segments).map { segment in
      let path = folder.appending("drift-\(segment).mp4")
      let writer = try ClipWriter(
        path,
        settings: VideoSettings(
          size: MovingScene.size, frameRate: .thirty, crf: 8, keyInterval: 12))
      for index in 0...last {
        var frame = scene.picture(at: Double(segment * last + index))
        let added = (Double(segment) + Double(index) / Double(last)) * steps
        // Half steps: the rest falls on some samples by their place.
        for place in frame.luma.indices {
          let whole = added + Double(place * 7 % 16) / 16
          frame.luma[place] = UInt8(min(254, Int(frame.luma[place]) + Int(whole)))
        }
        try writer.append(frame)
      }
      try writer.finish()
      return path
    }
    let names = Dictionary(uniqueKeysWithValues: (0..<segments).map { (Studio.key($0), $0) })
    return try Stitcher().stitch(
      Assembly(
        size: MovingScene.size, frameRate: .thirty,
        pieces: (0..<segments).map {
          Assembly.Piece(
            source: .clip(Studio.key($0)), label: "drift/\($0)", frames: Self.frames,
            dropsLast: $0 + 1 < segments)
        }, mend: mend),
      from: FilmSources(
        clip: { paths[names[$0] ?? 0] }, file: { FilePath($0) },
        still: { _ in GeneratedFilm.picture(0) },
        keyframe: { key, end in
          let time = Double(((names[key] ?? 0) + (end == .first ? 0 : 1)) * last)
          return try scene.picture(at: time).rgb(scaledTo: MovingScene.size).fitted
        }),
      into: folder.appending("film.mp4"), title: "drift")
  }

  /// The slope of the straight line through `values`, a place apart.
  static func slope(_ values: [Double]) -> Double {
    let middle = Double(values.count - 1) / 2
    let mean = values.reduce(0, +) / Double(values.count)
    let upper = values.enumerated().map { (Double($0) - middle) * ($1 - mean) }.reduce(0, +)
    let lower = values.indices.map { (Double($0) - middle) * (Double($0) - middle) }.reduce(0, +)
    return upper / lower
  }
}
