import Foundation
import KeyreelTesting
import Testing

@Suite("Film algebra holds for pipelines made by chance")
struct FilmAlgebraTests {
  /// Further off than this from its still, in steps of 255 over all planes, no keyframe may be.
  private static let nearEnough = 9.0

  @Test("Every film has its planned frames, each keyframe in its place and no frame twice")
  func films() async throws {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["KEYREEL_SEED"].flatMap { UInt64($0) } ?? 1
    let count: UInt64 = isTorture ? 1000 : 100
    let studio = try Studio()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in first..<(first + count) {
        if seed >= first + 4 { try await group.next() }
        group.addTask { try await Self.check(seed: seed, in: studio) }
      }
      try await group.waitForAll()
    }
  }

  /// Makes and judges the film of `seed`.
  private static func check(seed: UInt64, in studio: Studio) async throws {
    let pipeline = GeneratedPipeline(seed: seed)
    let project = studio.project
    let name = "film-\(seed)"
    try project.write(pipeline.yaml, to: "\(name).yaml")
    let context = Comment(rawValue: "KEYREEL_SEED=\(seed)\n\(pipeline.yaml)")
    let plan: PlanReport.Film
    do {
      try await project.make("\(name).yaml", "--quiet")
      plan = try await project.plan("\(name).yaml").films[0]
    } catch {
      Issue.record("\(error)\n\(context)")
      return
    }
    #expect(plan.frames == pipeline.frames, context)
    #expect(plan.width == pipeline.width && plan.height == pipeline.height, context)
    let film = project.folder.appendingPathComponent("films/\(name).mp4")
    let probe = try FilmProbe(film)
    #expect(probe.frames == pipeline.frames, context)
    #expect(probe.width == pipeline.width && probe.height == pipeline.height, context)
    #expect(probe.frameRate == "\(pipeline.rate)/1", context)
    #expect(probe.isConstantRate, context)
    let clips = pipeline.isPure ? try studio.clips(of: plan) : []
    let decoded = try DecodedFrames.of(
      [film] + clips, width: pipeline.width, height: pipeline.height)
    let frames = decoded[0].frames
    try #require(frames.count == pipeline.frames, context)
    if pipeline.isPure {
      let known = zip(plan.assembly.pieces, decoded.dropFirst()).flatMap { piece, clip in
        clip.frames.dropLast(piece.drops_last ? 1 : 0)
      }
      #expect(frames == known, "the film is its clips, one after the other; \(context)")
    }
    try judge(pipeline, frames, plan, studio, context)
  }

  private static func judge(
    _ pipeline: GeneratedPipeline, _ frames: [Data], _ plan: PlanReport.Film, _ studio: Studio,
    _ context: Comment
  ) throws {
    #expect(plan.keyframes.map(\.name) == pipeline.seen.map { "\($0.still)" }, context)
    #expect(plan.keyframes.map(\.film_frame) == pipeline.seen.map(\.frame), context)
    let stills = try #require(studio.stills[pipeline.width])
    for seen in pipeline.seen where !seen.isMixed {
      let distances = stills.map { DecodedFrames.difference($0, frames[seen.frame]) }
      let nearest = distances.indices.min { distances[$0] < distances[$1] }
      #expect(
        nearest == seen.still && distances[seen.still] < nearEnough,
        "keyframe \(seen.still) at \(seen.frame): \(distances); \(context)")
    }
  }
}

/// One project for all generated films: its stills, its footage and one store that they share.
private final class Studio: Sendable {
  let project: TemporaryProject
  /// The stills as they must be seen, by the film's width.
  let stills: [Int: [Data]]

  init() throws {
    let project = try TinyFilm.project(stills: GeneratedPipeline.stills)
    self.project = project
    try OtherProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=30", "-frames:v",
        "\(GeneratedPipeline.footageFrames)", "-pix_fmt", "yuv420p", "footage.mp4",
      ], in: project.folder)
    let files = (0..<GeneratedPipeline.stills).map {
      project.folder.appendingPathComponent("stills/\($0).png")
    }
    var stills: [Int: [Data]] = [:]
    for (width, height) in [(64, 48), (32, 24), (96, 72), (128, 96)] {
      stills[width] = try DecodedFrames.of(files, width: width, height: height)
        .compactMap(\.frames.first)
    }
    self.stills = stills
  }

  /// The store's files of the clips that `film` is made of, in film order (docs/store.md).
  func clips(of film: PlanReport.Film) throws -> [URL] {
    struct Record: Decodable {
      struct Receipt: Decodable {
        var digest: String
      }
      var receipt: Receipt
    }
    return try film.assembly.pieces.compactMap(\.clip).map { key in
      let path = ".keyreel/claims/\(key.prefix(2))/\(key)/receipt.json"
      let digest = try JSONDecoder().decode(Record.self, from: project.read(path)).receipt.digest
      return project.folder
        .appendingPathComponent(".keyreel/objects/\(digest.prefix(2))/\(digest).mp4")
    }
  }
}
