import Foundation
import KeyreelTesting
import Testing

/// What the real `ffprobe` says of a film: an independent judge.
struct FilmProbe {
  private struct Report: Decodable {
    struct Packet: Decodable {
      var pts_time: String
    }
    struct Stream: Decodable {
      var nb_read_frames: String
      var width: Int
      var height: Int
      var avg_frame_rate: String
    }
    var packets: [Packet]
    var streams: [Stream]
  }

  let frames: Int
  let width: Int
  let height: Int
  let frameRate: String
  /// Presentation times in seconds, sorted.
  let times: [Double]

  init(_ film: URL) throws {
    let data = try OtherProgram.run(
      "ffprobe",
      [
        "-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries",
        "stream=nb_read_frames,width,height,avg_frame_rate:packet=pts_time", "-of", "json",
        film.path,
      ])
    let report = try JSONDecoder().decode(Report.self, from: data)
    let stream = try #require(report.streams.first)
    frames = try #require(Int(stream.nb_read_frames))
    width = stream.width
    height = stream.height
    frameRate = stream.avg_frame_rate
    times = report.packets.compactMap { Double($0.pts_time) }.sorted()
  }

  /// Whether all frames are the same time apart, to the microsecond that ffprobe prints.
  var isConstantRate: Bool {
    let steps = zip(times.dropFirst(), times).map { $0 - $1 }
    guard let first = steps.first else { return true }
    return first > 0 && steps.allSatisfy { abs($0 - first) < 0.000_01 }
  }
}

/// Small whole projects.
enum TinyFilm {
  /// A project with numbered stills, the tiny model and `film.yaml` leading through all stills.
  static func project(stills: Int, extra: String = "") throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<stills {
      try project.write(TinyStill.numbered(index), to: "stills/\(index).png")
    }
    let names = (0..<stills).map { "stills/\($0).png" }.joined(separator: ", ")
    try project.write(
      """
      keyreel: 1
      prompt: bands of grey
      defaults:
        model: \(TinyModel.id)
      \(extra)
      sequences:
        - name: main
          keyframes: [\(names)]
      """, to: "film.yaml")
    return project
  }
}
