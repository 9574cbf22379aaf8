import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Other locales and terminals")
struct LocaleTests {
  /// Where commas stand in numbers, `I` has another small letter, text has no charset, or nothing is said.
  private static let locales: [[String: String]] = [
    ["LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"], ["LC_ALL": "tr_TR.UTF-8"],
    ["LC_ALL": "C", "LANG": "C"], ["LC_ALL": "ar_EG.UTF-8", "TZ": "Asia/Kathmandu"], ["LC_ALL": ""],
  ]

  @Test("Reports, tables and diagnostics are the same bytes everywhere")
  func locales() async throws {
    let project = try ReportPageTests.project()
    try project.write("keyreel: 1\nINHALT: x\nsequences: []\n", to: "broken.yaml")
    func told(_ environment: [String: String]) async throws -> [String] {
      var told: [String] = []
      for words in [
        [
          "plan", "film.yaml", "--backend", "fal", "--storyboard", "board.html", "--storyboard",
          "board.md", "--storyboard", "board.json", "--storyboard", "board.xml",
        ],
        ["plan", "film.yaml", "--backend", "fal", "--format", "json"],
        ["plan", "film.yaml", "--backend", "fal", "--format", "markdown"],
        ["check", "broken.yaml"],
        ["models"], ["costs"],
      ] {
        let outcome = try await KeyreelProcess.run(
          words, in: project.folder, environment: environment)
        told.append("\(outcome)")
      }
      for ending in ["html", "md", "json", "xml"] {
        told.append(String(decoding: try project.read("board.\(ending)"), as: UTF8.self))
      }
      return told
    }
    let known = try await told(["LC_ALL": "en_US.UTF-8"])
    for locale in Self.locales {
      let other = try await told(locale)
      for (one, another) in zip(known, other) where one != another {
        Issue.record("\(locale): \(another.prefix(400)) instead of \(one.prefix(400))")
      }
    }
  }

  @Test(
    "On a real terminal a dumb one, NO_COLOR and a build server get a log without what they cannot show",
    arguments: [["TERM": "dumb"], ["NO_COLOR": "1"], ["CI": "true"], ["TERM": ""]])
  func terminals(_ environment: [String: String]) async throws {
    let project = try ReportPageTests.project()
    let variables = ["TERM": "xterm-256color", "CI": ""].merging(environment) { $1 }
    // A program that is not ours gives it a terminal and hands on what comes out.
    let pty = """
      import os, pty, sys
      status = pty.spawn(sys.argv[1:])
      sys.exit(os.waitstatus_to_exitcode(status))
      """
    let outcome = try await ChildProcess(
      [Checkout.python, "-c", pty, KeyreelProcess.program.path, "run", "film.yaml"],
      in: .init(project.folder.path),
      environment: variables.merging(["KEYREEL_STORE": ""]) { $1 }.mapValues { Optional($0) }
    ).outcome()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("films/small.mp4"), "\(outcome)")
    let colours = outcome.output.contains("\u{1B}[1m") || outcome.output.contains("\u{1B}[32m")
    let movement = outcome.output.contains("\u{1B}[?25l") || outcome.output.contains("\u{1B}[K")
    switch environment.first?.key {
    case "TERM":
      #expect(!outcome.output.contains("\u{1B}") || environment["TERM"] == "" && !movement)
    case "NO_COLOR": #expect(!colours && movement)
    default: #expect(!movement)
    }
  }
}
