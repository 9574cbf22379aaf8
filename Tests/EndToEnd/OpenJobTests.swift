import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// Jobs that the reference programs of Open Job Description and Deadline Cloud check, read and run.
@Suite("On engines of Open Job Description", .serialized)
struct OpenJobTests {
  /// A name in which every shell, every template and every reader of YAML finds something.
  private static let name = "Sée d'or “x” \"y\" {{Param.Plan}} $HOME `id` #1: a"

  /// A project in a folder and with a pipeline of that name, and the film that a run gives there.
  private static func project() async throws -> (project: TemporaryProject, film: Data) {
    let project = try CrashTests.project()
    let text = String(decoding: try project.read("film.yaml"), as: UTF8.self)
    try project.write(
      text.replacingOccurrences(of: "stills/", with: "../stills/")
        .replacingOccurrences(
          of: "keyreel: 1\n",
          with: "keyreel: 1\nfilm: {outputs: [{file: films/a film.mp4}]}\n"),
      to: "\(name)/\(name).yaml")
    try await project.make("\(name)/\(name).yaml")
    let film = try project.read("films/a film.mp4")
    try project.startAgain()
    return (project, film)
  }

  @Test("A job makes the film of a local run, whatever the names, and again with other values")
  func film() async throws {
    let (project, film) = try await Self.project()
    let job = try await OpenJob.export(
      "\(Self.name)/\(Self.name).yaml", "--store", "shared:the clips", "--shards", "5",
      in: project, to: "\(Self.name)/job")
    try job.check()
    let told = try await job.run()
    #expect(try project.read("films/a film.mp4") == film)
    #expect(!project.has(".keyreel"), "caches stay in the session")
    for line in ["openjd_progress: 100", "openjd_status: film /", "12 reused"] {
      #expect(told.contains(line), "\(line): \(told)")
    }
    // Another folder for films, fewer tasks, an empty store: everything is made anew.
    let other = try TemporaryProject()
    try await job.run(with: [
      "Shards": "2", "Films": other.folder.path, "Store": other.folder.path + "/clips",
    ])
    #expect(try other.read("films/a film.mp4") == film)
  }

  @Test(
    "Deadline Cloud's own client reads the bundle, and a machine with nothing else makes the film")
  func elsewhere() async throws {
    let (project, film) = try await Self.project()
    let store = try TemporaryProject()
    let job = try await OpenJob.export(
      "\(Self.name)/\(Self.name).yaml", "--store", "shared:\(store.folder.path)/clips",
      in: project, to: "job")
    let read = try job.deadline()
    #expect(read.parameters["Shards"] == nil, "it has a default")
    #expect(read.parameters["Project"] == project.folder.resolvingSymlinksInPath().path)
    #expect(read.outputs == [read.parameters["Films"]])
    // What the job's attachments are, at another place; the project is gone.
    let machine = try TemporaryProject()
    let root = project.folder.path
    for file in read.inputs {
      let path = try #require(file.hasPrefix(root) ? file.dropFirst(root.count + 1) : nil)
      try machine.write(try Data(contentsOf: URL(filePath: file)), to: String(path))
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: root) where name != "job" {
      try FileManager.default.removeItem(at: project.folder.appendingPathComponent(name))
    }
    try FileManager.default.removeItem(at: machine.folder.appendingPathComponent(".git"))
    try await job.run(mapping: machine.folder.path)
    #expect(try machine.read("films/a film.mp4") == film)
  }

  @Test("A pipeline that was changed after the export is refused by every task")
  func changed() async throws {
    let project = try CrashTests.project()
    let plan = try await project.keyreel(
      "plan", "film.yaml", "--store", "shared:clips", "-o", "saved.json")
    #expect(plan.status == 0, "\(plan)")
    let job = try await OpenJob.export("saved.json", "--store", "shared:clips", in: project)
    #expect(try project.read("job/plan.json") == project.read("saved.json"))
    let text = String(decoding: try project.read("film.yaml"), as: UTF8.self)
    try project.write(
      text.replacingOccurrences(of: "bands", with: "rows"), to: "film.yaml")
    let told = try await job.run(status: 1)
    #expect(told.contains("exited with code: 6"), "\(told)")
    #expect(!project.has("clips/objects"))
  }

  @Test(
    "A paid job that is cancelled keeps its tickets: each request is accepted once, no secret leaks"
  )
  func paid() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: status, count: 4, delay: 60s}]\n")
    let paid = try PaidProject(server, segments: 4)
    let project = paid.project
    let job = try await OpenJob.export(
      "film.yaml", "--store", "shared:clips", "--shards", "1", "--task-timeout", "20",
      in: project, environment: paid.environment)
    try job.check()
    for (name, bytes) in try project.contents(of: "job") {
      let isTold = bytes.range(of: Data("canary-secret".utf8)) != nil
      #expect(!isTold, "the secret is in \(name)")
    }
    let cancelled = try await job.run(status: 1)
    #expect(cancelled.contains("Sending signal \"term\""), "\(cancelled)")
    #expect(cancelled.contains("exited with code: 143"), "it ended by itself: \(cancelled)")
    let longer = try await OpenJob.export(
      "film.yaml", "--store", "shared:clips", "--shards", "2", in: project, to: "longer",
      environment: paid.environment)
    try await longer.run()
    #expect(try server.requests().count == 4)
    #expect(try server.billed() == 4 * MoneyTests.expected)
    #expect(try FilmProbe(project.folder.appendingPathComponent("films/film.mp4")).frames == 17)
    // And a ceiling that covers less than a clip.
    let empty = project.folder.path + "/empty"
    let told = try await longer.run(with: ["MaxCost": "0.000001", "Store": empty], status: 1)
    #expect(told.contains("exited with code: 4"), "\(told)")
    #expect(try server.requests().count == 4)
  }

  @Test("What makes no job is refused with a remedy")
  func refusals() async throws {
    let project = try CrashTests.project()
    let alone = try await project.refuses("export", "openjd", "film.yaml", status: 64)
    #expect(alone.errors.contains("--store s3://"), "\(alone)")
    try await project.refuses("export", "edl", "film.yaml", "--shards", "2", status: 64)
    try await project.refuses(
      "export", "openjd", "film.yaml", "--store", "shared:s", "--read-store", "shared:{{b}}",
      status: 64)
    try await project.refuses(
      "run", "film.yaml", "--root", "stills", status: 64)
  }
}
