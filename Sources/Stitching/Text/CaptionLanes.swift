internal import KeyreelCore
internal import Media

/// The subtitle tracks of one file, written beside its pictures.
final class CaptionLanes {
  private let output: OutputFile
  private let frameRate: FrameRate
  private var lanes: [(track: CaptionTrack, cues: [FilmCue], next: Int)] = []

  /// Adds a track for each of `rows` to `output`; `nil` when there is none.
  init?(
    _ rows: [Int], of lettering: FilmLettering, in output: OutputFile, size: PixelSize,
    frameRate: FrameRate
  ) throws {
    let rows = rows.filter { lettering.rows.indices.contains($0) }
    guard !rows.isEmpty else { return nil }
    self.output = output
    self.frameRate = frameRate
    lanes = try rows.map { row in
      (
        try CaptionTrack(
          output, language: lettering.languages[row], isFirst: row == rows[0], size: size,
          frameRate: frameRate), lettering.rows[row], 0
      )
    }
  }

  /// More samples than there will be: each caption may be followed by an empty one.
  var samples: Int { lanes.reduce(0) { $0 + 2 * $1.cues.count + 2 } }

  /// Writes the captions that come until film frame `frame`.
  func write(until frame: Int) throws {
    for index in lanes.indices {
      while lanes[index].next < lanes[index].cues.count,
        lanes[index].cues[lanes[index].next].frames.lowerBound <= frame
      {
        let lane = lanes[index]
        try lane.track.write(lane.cues[lane.next], at: frameRate, into: output)
        lanes[index].next += 1
      }
    }
  }
}
