import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("The program that embeds Keyreel works as its page says")
struct EmbeddingExampleTests {
  private func chapters(_ arguments: String..., in project: TemporaryProject) async throws
    -> ChildProcess.Outcome
  {
    let program = KeyreelProcess.program.deletingLastPathComponent()
      .appendingPathComponent("EmbeddingExample").path
    return try await ChildProcess([program] + arguments, in: FilePath(project.folder.path))
      .outcome()
  }

  @Test("It tells the chapters, makes the film, and leaves clips that keyreel uses again")
  func film() async throws {
    let project = try TemporaryProject()
    for index in 0..<3 {
      try project.write(TinyStill.numbered(index), to: "stills/\(index).png")
    }
    try project.write(
      """
      keyreel: 1
      prompt: bands of grey
      defaults: { duration: 1s }
      sequences:
        - name: main
          keyframes: [stills/0.png, stills/1.png, stills/2.png]
      """, to: "film.yaml")

    let told = try await chapters("film.yaml", "chapters.mp4", in: project)
    #expect(told.status == 0, "\(told.output)\(told.errors)")
    let film = try FilmProbe(project.folder.appendingPathComponent("chapters.mp4"))
    #expect(told.output.contains("chapters.mp4: \(film.frames) frames, "))
    let times = told.output.matches(of: /(\S+) --> (\S+)/).map { ($0.1, $0.2) }
    #expect(times.first?.0 == "00:00:00.000")
    #expect(zip(times, times.dropFirst()).allSatisfy { $0.1 == $1.0 }, "chapters leave no gap")
    let seconds = try #require(times.last.flatMap { Double($0.1.suffix(6)) })
    #expect(abs(seconds - Double(film.frames) / 30) < 0.001)

    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 0, "\(run.errors)")
    #expect((run.output + run.errors).contains("clips 0 made, 2 reused"), "\(run.errors)")
  }

  @Test("A mistake is told with its line, and nothing is made")
  func mistake() async throws {
    let project = try TemporaryProject()
    try project.write("keyreel: 1\nsequencez: []\n", to: "film.yaml")
    let told = try await chapters("film.yaml", "chapters.mp4", in: project)
    #expect(told.status == 3)
    #expect(told.output.contains("film.yaml:2: "))
    #expect(!FileManager.default.fileExists(atPath: project.folder.path + "/chapters.mp4"))
  }
}
