import Foundation
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Saved plans")
struct SavedPlanTests {
  /// Every field has a value of its own, so that each can be changed by itself.
  static let pipeline = """
    keyreel: 1
    name: trip
    prompt: a wide lake
    budget:
      run: 5.00 USD
    defaults:
      model: test/tiny
      style: soft light
      num_frames: 7
    keyframes:
      a: stills/0.png
      b: stills/1.png
      c: stills/2.png
      d:
        url: https://example.org/d.png
        sha256: \(Digest.of([UInt8](TinyStill.numbered(3))).hex)
    sequences:
      - name: one
        keyframes:
          - keyframe: a
            hold: 4
            next:
              prompt: mist comes
              seed: 1234
          - keyframe: b
          - keyframe: c
            hold: 3
      - name: two
        keyframes: [c, d]
        join:
          crossfade: 2
          handles: freeze
    film:
      fade_in: 6
      metadata: full
      outputs:
        - file: films/trip.mp4
          crf: 19
    """

  private func project() throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    // The still on the web has been fetched: nothing here needs a network.
    let fetched = TinyStill.numbered(3)
    try project.write(fetched, to: ".keyreel/sources/\(Digest.of([UInt8](fetched)).hex)")
    try project.write(Self.pipeline, to: "film.yaml")
    return project
  }

  /// The plan of `film.yaml`, saved in `film.plan.json`, as a tree.
  private func save(_ project: TemporaryProject) async throws -> [String: Any] {
    let outcome = try await project.keyreel("plan", "film.yaml", "-o", "film.plan.json")
    try #require(outcome.status == 0, "\(outcome)")
    let tree = try JSONSerialization.jsonObject(with: try project.read("film.plan.json"))
    return try #require(tree as? [String: Any])
  }

  @Test("A saved plan runs, fits its schema, and is byte-equal when it is made again")
  func runs() async throws {
    let project = try project()
    _ = try await save(project)
    let first = try project.read("film.plan.json")
    let complaints = try SchemaCheck.complaints(of: [first], against: "plan.schema.json")
    #expect(complaints == [""])
    _ = try await save(project)
    #expect(try project.read("film.plan.json") == first)
    let run = try await project.keyreel("run", "film.plan.json")
    #expect(run.status == 0, "\(run)")
    #expect(try !project.read("films/trip.mp4").isEmpty)
    // What was made since is no difference: the plan is the same, and there is less to do.
    let again = try await project.keyreel("run", "film.plan.json")
    #expect(again.status == 0, "\(again)")
  }

  @Test("Whatever of the pipeline's text changes is named, field by field, and nothing is run")
  func everyField() async throws {
    let project = try project()
    let plan = try await save(project)
    let pinned = try #require((plan["pipeline"] as? [String: Any])?["fields"] as? [String: String])
    let scalars = try PipelineScalar.all(of: Self.pipeline)
    #expect(scalars.count == pinned.count && scalars.count > 20, "every field is changed once")
    for scalar in scalars {
      try project.write(scalar.changed(in: Self.pipeline), to: "film.yaml")
      let run = try await project.keyreel("run", "film.plan.json")
      #expect(run.status == 6, "\(scalar): \(run)")
      #expect(run.errors.contains("film.yaml:\(scalar.line):"), "\(scalar): \(run.errors)")
      // A sequence's new name is in the paths of all its fields.
      let named =
        scalar.name == "name" && scalar.line > 10
        ? "`sequences[\(scalar.value)x]" : "\(scalar.name)`"
      #expect(run.errors.contains(named) || scalar.name == "keyreel", "\(scalar): \(run.errors)")
    }
    try project.write(Self.pipeline + "\n# later\n", to: "film.yaml")
    let comment = try await project.keyreel("run", "film.plan.json")
    #expect(comment.status == 6 && comment.errors.contains("comments or layout"), "\(comment)")
    #expect(try project.contents(of: "films").isEmpty)
  }

  @Test("Other bytes of a still, another price and another default are named", arguments: 0..<3)
  func files(still: Int) async throws {
    let project = try project()
    _ = try await save(project)
    try project.write(TinyStill.numbered(still + 7), to: "stills/\(still).png")
    let picture = try await project.keyreel("run", "film.plan.json")
    #expect(picture.status == 6, "\(picture)")
    #expect(picture.errors.contains("error[KR0513]: `stills/\(still).png` has other bytes"))
    try project.write(TinyStill.numbered(still), to: "stills/\(still).png")
    let changes = [
      ("\"amount\": \"0.0333\"", "\"amount\": \"0.0334\"", "price.amount"),
      ("\"unit\": \"second\"", "\"unit\": \"clip\"", "price.unit"),
      ("\"maximum\": 60", "\"maximum\": 61", "parameters[num_frames].maximum"),
    ]
    let (old, new, name) = changes[still]
    try project.write(
      TinyModel.profile.replacingOccurrences(of: old, with: new), to: "models/tiny.json")
    let profile = try await project.keyreel("run", "film.plan.json")
    #expect(profile.status == 6, "\(profile)")
    #expect(profile.errors.contains("error[KR0514]") && profile.errors.contains("`\(name)`"))
    try project.write(TinyModel.profile, to: "models/tiny.json")
    #expect(try await project.keyreel("run", "film.plan.json").status == 0, "put back, it fits")
  }

  @Test("A forged plan gains nothing: whatever is written into it is refused by name")
  func forged() async throws {
    let project = try project()
    let plan = try await save(project)
    var forger = PlanForger(seed: 20_261_122)
    let leaves = forger.leaves(of: plan)
    let sample = isTorture ? leaves : leaves.shuffled(using: &forger.random).prefix(20).map(\.self)
    for leaf in sample {
      let forged = try JSONSerialization.data(withJSONObject: forger.change(leaf, in: plan))
      try project.write(forged, to: "forged.plan.json")
      let run = try await project.keyreel("run", "forged.plan.json")
      #expect(run.status == 6, "\(leaf): \(run)")
      #expect(run.errors.contains("KR05") || run.errors.contains("forged.plan.json"), "\(leaf)")
    }
    // Where a plan names an address, nobody is asked for another one.
    let addresses = leaves.filter {
      (PlanForger.value($0, in: plan) as? String)?.hasPrefix("https:") == true
    }
    #expect(!addresses.isEmpty)
    for leaf in addresses {
      for other in [
        "https://169.254.169.254/d.png", "http://127.0.0.1:9/d.png", "file:///etc/passwd",
      ] {
        let forged = try JSONSerialization.data(
          withJSONObject: forger.change(leaf, in: plan, to: other),
          options: .withoutEscapingSlashes)
        try project.write(forged, to: "forged.plan.json")
        let run = try await project.keyreel("run", "forged.plan.json")
        #expect(run.status == 6, "\(leaf): \(run)")
        #expect(
          run.errors.contains(other) || run.errors.contains("https://example.org/d.png"), "\(run)")
      }
    }
    for path in ["/etc/passwd", "../film.yaml", "nowhere.yaml", ""] {
      var forged = plan
      forged["pipeline"] = ["path": path, "digest": String(repeating: "0", count: 64)]
      try project.write(
        try JSONSerialization.data(withJSONObject: forged, options: .withoutEscapingSlashes),
        to: "forged.plan.json")
      #expect(try await project.keyreel("run", "forged.plan.json").status == 6, "\(path)")
    }
    #expect(try project.contents(of: "films").isEmpty)
  }

  @Test("Plans of other versions and broken files are refused with one sentence")
  func broken() async throws {
    let project = try project()
    _ = try await save(project)
    let text = String(decoding: try project.read("film.plan.json"), as: UTF8.self)
    let cases = [
      (
        text.replacingOccurrences(of: "\"format_version\": 1", with: "\"format_version\": 2"),
        "format version 2"
      ),
      (String(text.dropLast(40)), "it is no JSON"),
      (text.replacingOccurrences(of: "\"backend\"", with: "\"maker\""), "`backend` is missing"),
      (text.replacingOccurrences(of: "\"chosen\": true", with: "\"chosen\": false"), "chosen take"),
    ]
    for (forged, words) in cases {
      try project.write(forged, to: "broken.plan.json")
      let run = try await project.keyreel("run", "broken.plan.json")
      #expect(run.status == 6 && run.errors.contains(words), "\(run)")
    }
    let check = try await project.keyreel("check", "film.plan.json")
    #expect(check.status == 3 && check.errors.contains("KR0503"), "\(check)")
  }

  @Test("A clip that was to be used again and is gone is not bought silently")
  func gone() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 3)
    let first = try await paid.keyreel("plan", "film.yaml", "-o", "new.plan.json")
    #expect(first.status == 0, "\(first)")
    // The plan says who makes the clips; no flag is needed.
    let bought = try await paid.keyreel("run", "new.plan.json", "--yes")
    #expect(bought.status == 0, "\(bought)")
    #expect(try server.requests().count == 3)
    let second = try await paid.keyreel("plan", "film.yaml", "-o", "old.plan.json")
    #expect(second.status == 0, "\(second)")
    try FileManager.default.removeItem(
      at: paid.project.folder.appendingPathComponent(".keyreel"))
    let run = try await paid.keyreel("run", "old.plan.json", "--yes")
    #expect(run.status == 4, "\(run)")
    #expect(run.errors.contains("3 clips that old.plan.json was to use again are gone"), "\(run)")
    #expect(run.errors.contains("would now cost $0.01665 instead of $0.00"), "\(run)")
    #expect(try server.requests().count == 3)
  }
}
