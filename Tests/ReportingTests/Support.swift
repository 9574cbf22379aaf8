import Foundation
import KeyreelCore
import SystemPackage

@testable import Reporting

let animatic = BackendIdentity(kind: "animatic", origin: "1")
let paid = BackendIdentity(kind: "fal", origin: "queue.fal.run")

private func money(_ decimal: String) -> Money { Money(decimal: decimal) ?? .zero }

private func use(_ name: String) -> KeyframeUse {
  KeyframeUse(
    name: name, source: .file("stills/\(name).jpg"),
    recipe: PictureRecipe(
      origin: .still(Digest.of(name)), fit: .cover, focus: .center,
      canvas: PixelSize(width: 832, height: 480)))
}

private func segment(
  _ id: String, _ first: String, _ last: String, takes: Int, backend: BackendIdentity
) -> Segment {
  let price = PriceRange(expected: money("0.2664"), worst: money("0.32079"))
  var segment = Segment(
    id: id, sequence: "valley", model: "fal-ai/framepack/flf2v",
    request: ModelRequest([
      .init("prompt", .string("mist \"burns\" off\n\u{1B}[31m")), .init("seed", .integer(7)),
      .init("num_frames", .integer(240)), .init("strength", .number(0.8)),
      .init("enable_safety_checker", .boolean(false)),
    ]), seedParameter: "seed", first: use(first), last: use(last), frames: 240,
    frameRate: .thirty, canvas: PixelSize(width: 832, height: 480), conform: .accept, takes: [],
    startsFrom: nil)
  segment.takes = (1...takes).map { number in
    var take = Take(
      number: number, seed: number * 7, key: RecipeKey(Digest.of("none")),
      price: backend.isPaid ? price : .free, listPrice: price, isChosen: number == takes)
    take.key = segment.recipe(for: take, on: backend).key
    return take
  }
  return segment
}

/// A film of two clips, a still, footage and music, with one clip in the store.
func sampleForecast(on backend: BackendIdentity = animatic, rate: FrameRate = .thirty) -> Forecast {
  let segments = [
    segment("valley/dawn-noon", "dawn", "noon", takes: 1, backend: backend),
    segment("valley/noon-dusk", "noon", "dusk", takes: 2, backend: backend),
  ]
  let assembly = Assembly(
    size: PixelSize(width: 832, height: 480), frameRate: rate,
    pieces: [
      .init(
        source: .clip(segments[0].chosen.key), label: segments[0].id, frames: 240, dropsLast: true),
      .init(
        source: .clip(segments[1].chosen.key), label: segments[1].id, frames: 240, holdBefore: 30),
      .init(source: .still(use("logo")), label: "2", frames: 61),
      .init(
        source: .footage(
          path: "footage/intro.mp4", digest: Digest.of("intro"), start: 13, count: 137, fit: .cover),
        label: "city", frames: 164, crossfade: .init(frames: 12, handles: .overlap)),
    ], fadeIn: 12,
    sound: .init(
      path: "music/theme.wav", digest: Digest.of("music"), start: 1_500_000_000, gain: -300,
      fadeOut: 60))
  let film = FilmPlan(
    name: "lake-day", size: assembly.size, frameRate: rate, frames: assembly.frames,
    keyframes: [
      PlannedKeyframe(name: "dawn", sequence: "valley", filmFrame: 0, digest: Digest.of("dawn")),
      PlannedKeyframe(name: "noon", sequence: "valley", filmFrame: 239, digest: Digest.of("noon")),
    ], segments: segments, assembly: assembly, outputs: ["films/lake-day.mp4"],
    remarks: ["`city`: the crossfade makes the film 12 frames shorter"])
  let plan = Plan(
    pipeline: "pipelines/lake-day.yaml", pipelineDigest: Digest.of("pipeline"), backend: backend,
    currency: "USD", pricesAsOf: "2026-11-22", films: [film])
  let list = PriceRange(expected: money("0.7992"), worst: money("0.96237"))
  var cost = Forecast.Cost()
  if backend.isPaid {
    cost.planned = list
    cost.new = PriceRange(expected: money("0.5328"), worst: money("0.64158"))
    cost.reused = PriceRange(expected: money("0.2664"), worst: money("0.32079"))
  }
  return Forecast(
    plan: plan,
    steps: [
      [
        [.init(.reuse, reason: "in the store")],
        [.init(.generate, reason: "prompt changed"), .init(.generate, reason: "new")],
      ]
    ], filmCosts: [cost], cost: cost, listPrice: list)
}

/// A file that is gone after the test.
struct TemporaryFile {
  let path = FilePath(
    FileManager.default.temporaryDirectory.appending(path: "keyreel-\(UUID().uuidString)").path)

  func contents() throws -> Data { try Data(contentsOf: URL(filePath: path.string)) }

  func remove() { try? FileManager.default.removeItem(atPath: path.string) }
}
