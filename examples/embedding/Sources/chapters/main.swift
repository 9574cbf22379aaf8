// Prints the keyframes of a pipeline as WebVTT chapters, with their exact times in the film, and what
// the film would cost; with an output, makes the film too.
//
//   chapters PIPELINE.yaml [OUT.mp4]      run in the project's root

import FoundationEssentials
import Glibc
import KeyreelCore
import Planning
import SystemPackage

/// Prints a dot for every finished clip: reporters get events, and never answer.
struct Dots: Reporter {
  func report(_ event: RunEvent) {
    switch event {
    case .takeCommitted, .takeReused: print(".", terminator: "")
    case .takeFailed(_, let error): print("\n\(error)")
    default: break
    }
  }
}

/// `00:00:04.000`, from a frame's number.
func timestamp(_ frame: Int, at rate: FrameRate) -> String {
  let (seconds, attoseconds) = rate.duration(of: frame).components
  let fields = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { field in
    field < 10 ? "0\(field)" : "\(field)"
  }
  let milliseconds = String(1000 + attoseconds / 1_000_000_000_000_000).dropFirst()
  return fields.joined(separator: ":") + "." + milliseconds
}

let arguments = CommandLine.arguments.dropFirst()
guard let pipeline = arguments.first, arguments.count <= 2 else {
  print("usage: chapters PIPELINE.yaml [OUT.mp4]")
  exit(64)
}
let root = FilePath(FileManager.default.currentDirectoryPath)
guard
  let film = try await Film(
    pipeline, root: root, tell: { print("\($0.file):\($0.span?.start.line ?? 1): \($0.message)") })
else { exit(3) }

print("WEBVTT")
for planned in film.plan.films {
  let ends = planned.keyframes.dropFirst().map(\.filmFrame) + [planned.frames]
  for (keyframe, end) in zip(planned.keyframes, ends) where keyframe.filmFrame < end {
    let rate = planned.frameRate
    print("\n\(timestamp(keyframe.filmFrame, at: rate)) --> \(timestamp(end, at: rate))")
    print(keyframe.name)
  }
}

let forecast = Forecaster().forecast(film.plan, snapshot: StoreSnapshot())
print("\nNOTE the real clips would cost \(forecast.listPrice.expected) \(film.plan.currency)")

if let output = arguments.dropFirst().first {
  guard let report = try await film.make(into: FilePath(output), reporter: Dots()) else { exit(1) }
  print("\n\(output): \(report.frames) frames, \(report.copied) of them copied bit for bit")
}
