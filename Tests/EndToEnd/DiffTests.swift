import Foundation
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Comparing plans")
struct DiffTests {
  /// A repository with the branch `main`, and a work tree that changes, adds, removes, moves and renames.
  static func repository() throws -> TemporaryProject {
    let project = try TemporaryProject()
    try FileManager.default.removeItem(at: project.folder.appendingPathComponent(".git"))
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<6 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try project.write(".keyreel/\nfilms/\n", to: ".gitignore")
    try project.write(Self.before, to: "pipelines/film.yaml")
    try git(project, "init", "--quiet", "--initial-branch=main")
    try commit(project, "before")
    try git(project, "switch", "--quiet", "--create", "change")
    try project.write(Self.after, to: "pipelines/film.yaml")
    try project.write(TinyStill.numbered(9), to: "stills/5.png")
    try commit(project, "after")
    return project
  }

  private static let header = """
    keyreel: 1
    name: trip
    defaults: {model: test/tiny, prompt: a lake}
    keyframes:
      a: ../stills/0.png
      b: ../stills/1.png
      c: ../stills/2.png
      d: ../stills/3.png
      e: ../stills/4.png
      f: ../stills/5.png
    sequences:

    """

  private static let before =
    header + """
        - {name: dawn, keyframes: [a, b, c]}
        - {name: port, keyframes: [c, d]}
        - {name: sea, keyframes: [d, e, f]}
        - {name: end, keyframes: [a, c]}

      """

  /// `dawn` gets another prompt and length, `port` is now `harbour` and comes last, `sea` has another still
  /// and a new keyframe, `end` is gone.
  private static let after =
    header + """
        - name: dawn
          keyframes:
            - {keyframe: a, next: {prompt: a storm, num_frames: 9}}
            - b
            - {keyframe: c, hold: 3}
        - {name: sea, keyframes: [d, e, f, b]}
        - {name: harbour, keyframes: [c, d]}

      """

  @discardableResult
  private static func git(_ project: TemporaryProject, _ words: String...) throws -> Data {
    try OtherProgram.run("git", words, in: project.folder)
  }

  private static func commit(_ project: TemporaryProject, _ message: String) throws {
    try git(project, "add", "--all")
    try git(
      project, "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false",
      "commit", "--quiet", "--message", message)
  }

  @Test("Two branches give exactly these rows, with the stills of each")
  func branches() async throws {
    let project = try Self.repository()
    let table = try await project.keyreel("diff", "main:pipelines/film.yaml", "pipelines/film.yaml")
    #expect(table.status == 0, "\(table)")
    #expect(
      table.output == """
        main:pipelines/film.yaml → pipelines/film.yaml

        trip
          sequence sea: moved from place 3 to 2
          sequence harbour: renamed from port
          sequence end: removed
          ~ hold_after of dawn/b-c: 0 → 3
             SEGMENT      FRAMES  COST  WHAT
          ~  dawn/a-b      5 → 9        prompt: a lake → a storm
                                        num_frames: 5 → 9
          ~  sea/e-f           5        last keyframe's bytes: \(digest(5)) → \(digest(9))
                                        seed: 1590700499 → 73973062
          +  sea/f-b           5        added
          =  harbour/c-d       5        was port/c-d
          -  end/a-c           5        removed

        1 added, 1 removed, 2 changed, 3 unchanged (1 under another name)
        frames: 28 → 34 (+6)
        length: 0.933s → 1.133s (+0.200s)
        at list prices: $0.0333 → $0.03774 (+$0.00444), at most $0.03774

        """, "\(table.output)")
    let same = try await project.keyreel(
      "diff", "change:pipelines/film.yaml", "pipelines/film.yaml", "--detailed-exitcode")
    #expect(same.status == 0 && same.output.contains("the plans are the same"), "\(same)")
    let back = try await project.keyreel(
      "diff", "HEAD:pipelines/film.yaml", "main:pipelines/film.yaml", "--detailed-exitcode")
    #expect(back.status == 2 && back.output.contains("renamed from harbour"), "\(back)")
  }

  private func digest(_ still: Int) -> String {
    Digest.of([UInt8](TinyStill.numbered(still))).hex.prefix(8) + "…"
  }

  @Test("Programs get the same rows by a schema, comments fold what did not change")
  func formats() async throws {
    let project = try Self.repository()
    let words = ["diff", "main:pipelines/film.yaml", "pipelines/film.yaml", "--backend", "fal"]
    let json = try await KeyreelProcess.run(words + ["--format", "json"], in: project.folder)
    #expect(json.status == 0, "\(json)")
    #expect(
      try SchemaCheck.complaints(of: [Array(json.output.utf8)], against: "diff.schema.json") == [""]
    )
    let tree = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((tree["change"] as? [String: Any])?["cost"] as? String == "0.00444")
    #expect(
      tree["segments"] as? [String: Int]
        == ["added": 1, "removed": 1, "changed": 2, "unchanged": 3, "reused": 0])
    let comment = try await KeyreelProcess.run(words + ["--format", "github"], in: project.folder)
    #expect(comment.output.hasPrefix("<!-- keyreel diff pipelines/film.yaml -->\n"), "\(comment)")
    #expect(comment.output.contains("<details><summary>2 segments unchanged</summary>"))
    #expect(
      comment.output.contains("| ✏️ changed | `dawn/a-b` | 5 → 9 | +$0.00444 | `prompt`: `a lake`"))
    let page = try await KeyreelProcess.run(words + ["--format", "markdown"], in: project.folder)
    #expect(!page.output.contains("<!--") && !page.output.contains("<details>"))
  }

  @Test("A saved plan is compared with what would be planned now")
  func saved() async throws {
    let project = try Self.repository()
    let plan = try await project.keyreel(
      "plan", "pipelines/film.yaml", "--backend", "fal", "-o", "film.plan.json")
    #expect(plan.status == 0, "\(plan)")
    let same = try await project.keyreel(
      "diff", "film.plan.json", "pipelines/film.yaml", "--detailed-exitcode")
    #expect(same.status == 0, "the plan's maker of clips is taken for both: \(same)")
    try project.write(
      TinyModel.profile.replacingOccurrences(of: "0.0333", with: "0.0666"), to: "models/tiny.json")
    let price = try await project.keyreel("diff", "film.plan.json", "pipelines/film.yaml")
    #expect(price.output.contains("0.0333 → 0.0666"), "\(price)")
    #expect(price.output.contains("(+$0.03774)"), "\(price)")
  }

  @Test("A revision that is not there, a missing git and a broken side are told with one sentence")
  func troubles() async throws {
    let project = try Self.repository()
    let cases: [(String, String, Int32)] = [
      ("nowhere:pipelines/film.yaml", "there is no revision `nowhere`", 64),
      ("main:pipelines/fim.yaml", "there is no file pipelines/fim.yaml", 64),
      ("main:../film.yaml", "film.yaml", 64),
      ("--upload-pack=x:film.yaml", "is no revision", 64),
      ("pipelines/fim.yaml", "cannot read pipelines/fim.yaml", 3),
    ]
    for (side, words, status) in cases {
      let outcome = try await project.keyreel("diff", "--", side, "pipelines/film.yaml")
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
    }
    let none = try await project.keyreel(
      "diff", "main:pipelines/film.yaml", "pipelines/film.yaml", environment: ["PATH": "/nowhere"])
    #expect(none.status == 64 && none.errors.contains("the program git"), "\(none)")
    try project.write("keyreel: 1\nprompt: [\n", to: "broken.yaml")
    try Self.commit(project, "broken")
    let broken = try await project.keyreel("diff", "HEAD:broken.yaml", "pipelines/film.yaml")
    #expect(broken.status == 3 && broken.errors.contains("HEAD:broken.yaml:"), "\(broken)")
  }

  @Test("Nothing of a revision stays behind, and the work tree and index are as they were")
  func clean() async throws {
    let project = try Self.repository()
    let scratch = try TemporaryProject()
    try project.write("not committed\n", to: "draft.txt")
    let before = try Self.git(project, "status", "--porcelain")
    let outcome = try await project.keyreel(
      "diff", "main:pipelines/film.yaml", "pipelines/film.yaml",
      environment: ["TMPDIR": scratch.folder.path])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == [".git"])
    #expect(try Self.git(project, "status", "--porcelain") == before)
  }

  @Test("Filters such as those of large files apply to a revision's stills")
  func filters() async throws {
    let project = try Self.repository()
    // A filter that stands in for git-lfs: the repository has a name, the work tree has the picture.
    let store = project.folder.appendingPathComponent("large")
    try project.write(TinyStill.numbered(3), to: "large/3.png")
    try Self.git(project, "config", "filter.large.clean", "echo 3.png")
    try Self.git(project, "config", "filter.large.smudge", "xargs -I{} cat '\(store.path)/{}'")
    try project.write("stills/3.png filter=large\n", to: ".gitattributes")
    try Self.git(project, "add", "--renormalize", ".")
    try Self.commit(project, "large files")
    #expect(
      String(decoding: try Self.git(project, "show", "HEAD:stills/3.png"), as: UTF8.self)
        == "3.png\n")
    let same = try await project.keyreel(
      "diff", "HEAD:pipelines/film.yaml", "pipelines/film.yaml", "--detailed-exitcode")
    #expect(same.status == 0 && same.output.contains("the same"), "\(same)")
  }
}
