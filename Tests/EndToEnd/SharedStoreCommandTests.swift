import Foundation
import Glibc
import KeyreelTesting
import Testing

@Suite("Commands on a shared store", .serialized)
struct SharedStoreCommandTests {
  @Test(
    "What one machine made and paid, another one lists, proves, accounts for and reports",
    arguments: SharedGround.kinds)
  func elsewhere(_ kind: SharedGround.Kind) async throws {
    let server = try await RehearsalServer()
    let ground = try await SharedGround(kind)
    let first = Machine(try PaidProject(server, segments: 3).project, ground, server.environment)
    try await first.expect(0, "run", "film.yaml", "--yes", "--report", "run.json")
    let other = Machine(try PaidProject(server, segments: 3).project, ground, server.environment)

    let list = try await other.expect(0, "store", "ls")
    #expect(list.components(separatedBy: " mist ").count == 4, "\(list)")
    #expect(try await other.expect(0, "store", "verify") == "3 clips are sound\n")
    let refused = try await other.expect(64, "store", "gc", "--include-paid")
    #expect(refused.contains(ground.store) && refused.contains("keyreel store copy"))
    let costs = try await other.expect(0, "costs", "--store", ground.store)
    #expect(costs.contains("film.yaml") && costs.contains("$0.01665"), "\(costs)")
    #expect(try await other.expect(0, "costs", "--reconcile").contains("0 different"))
    #expect(try await other.expect(0, "reconcile", "film.yaml").contains("nothing"))

    // The run is told on a machine where it was not.
    try await other.expect(0, "report", "-o", "report.json")
    let report = try other.project.read("report.json")
    let document = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
    let runs = try #require(document["runs"] as? [[String: Any]], "\(document.keys.sorted())")
    #expect(runs.count == 1)

    try await other.expect(0, "takes", "film.yaml", "s/0-1", "-o", "takes.png")
    #expect(other.project.has("takes.png"))
    try await other.expect(0, "lock", "film.yaml")
    try await other.expect(0, "lock", "film.yaml", "--check")
    try await other.expect(0, "run", "film.yaml")
    #expect(try server.requests().count == 3, "nothing was bought again")
    let films = try [first, other].map { try $0.project.read("films/film.mp4") }
    #expect(films[0] == films[1])
    #expect(
      other.project.has("films/film.mp4.manifest.json")
        == first.project.has("films/film.mp4.manifest.json"))
    try await other.expect(0, "verify", "films/film.mp4")
  }

  @Test("Folders of pictures and other companions come from the clips of another machine")
  func companions() async throws {
    let ground = try await SharedGround(.folder)
    func machine() throws -> Machine {
      let project = try TinyFilm.project(stills: 3)
      let text = String(decoding: try project.read("film.yaml"), as: UTF8.self)
      try project.write(
        text + """

          film:
            outputs:
              - file: out/film.mp4
              - {file: out/frames, kind: frames}
              - {file: out/small.gif, width: 32}

          """, to: "film.yaml")
      return Machine(project, ground)
    }
    let machines = [try machine(), try machine()]
    for machine in machines {
      try await machine.expect(0, "run", "film.yaml", "--events", "run.jsonl")
      try await machine.expect(0, "plan", "film.yaml", "--detailed-exitcode")
    }
    let made = try machines.map { try RunEvents($0.project.read("run.jsonl")).committed.count }
    #expect(made == [2, 0])
    let outputs = try machines.map { try $0.project.contents(of: "out") }
    #expect(outputs[0].keys == outputs[1].keys && outputs[0].count > 3)
    for (name, bytes) in outputs[0] where !name.hasSuffix(".json") {
      #expect(outputs[1][name] == bytes, "\(name)")
    }
  }

  @Test(
    "A copy that is killed amid clips goes on where it was, and what came back is what went",
    arguments: SharedGround.kinds)
  func copy(_ kind: SharedGround.Kind) async throws {
    let server = try await RehearsalServer()
    let ground = try await SharedGround(kind)
    let paid = try PaidProject(server, segments: 6)
    let local = server.environment.merging(ground.variables) { $1 }
      .merging(["KEYREEL_STORE": ""]) { $1 }
    func keyreel(_ words: String..., with more: [String: String] = [:]) async throws
      -> KeyreelProcess.Outcome
    {
      try await KeyreelProcess.run(
        words, in: paid.project.folder, environment: local.merging(more) { $1 })
    }
    #expect(try await keyreel("run", "film.yaml", "--yes").status == 0)
    let journal = paid.project.folder.appendingPathComponent("journal")
    let death = try KillSwitch.variables(at: "receipt-after", count: 3, journal: journal)
      .merging(["KEYREEL_LEASE": "3"]) { $1 }
    let killed = try await keyreel("store", "copy", ".keyreel", ground.store, with: death)
    #expect(killed.status == 128 + SIGKILL, "\(killed)")
    let resumed = try await keyreel("store", "copy", ".keyreel", ground.store)
    #expect(resumed.status == 0, "\(resumed)")
    let back = try await keyreel("store", "copy", ground.store, "back")
    #expect(back.status == 0 && back.output.contains("copied 6 clips"), "\(back)")
    for words in [["store", "ls"], ["store", "verify"], ["costs"]] {
      var told: [String] = []
      for store in [".keyreel", ground.store, "back"] {
        let outcome = try await KeyreelProcess.run(
          words + ["--store", store], in: paid.project.folder, environment: local)
        #expect(outcome.status == 0, "\(outcome)")
        told.append(outcome.output)
      }
      #expect(Set(told).count == 1, "\(words): \(told)")
    }
    let again = try await keyreel("run", "film.yaml", "--store", "back")
    #expect(again.status == 0, "\(again)")
    #expect(try server.requests().count == 6, "all is there")
  }

  @Test("A profile of the usual files names key and server")
  func profile() async throws {
    guard ObjectServer.isWanted else { return }
    let ground = try await SharedGround(.bucket)
    let project = try TinyFilm.project(stills: 2)
    let home = try TemporaryProject()
    let known = ground.variables
    try home.write(
      """
      [default]
      aws_access_key_id = wrong
      aws_secret_access_key = wrong
      [studio]
      aws_access_key_id = \(ObjectServer.keyID)
      aws_secret_access_key = \(ObjectServer.secret)
      """, to: ".aws/credentials")
    try home.write(
      "[profile studio]\nendpoint_url = \(known["AWS_ENDPOINT_URL"] ?? "")\nregion = us-east-1\n",
      to: ".aws/config")
    let variables = [
      "HOME": home.folder.path, "AWS_PROFILE": "studio", "KEYREEL_STORE": ground.store,
    ]
    let run = try await project.keyreel("run", "film.yaml", environment: variables)
    #expect(run.status == 0, "\(run)")
    let list = try await KeyreelProcess.run(
      ["store", "ls"], in: project.folder, environment: known)
    #expect(list.output.contains("1 clip"), "\(list)")
    let other = try await project.keyreel(
      "store", "ls",
      environment: variables.merging(["AWS_PROFILE": "none"]) { $1 })
    #expect(other.status == 74 && other.errors.contains("profile none"), "\(other)")
  }

  @Test("A stranger's job uses the clips of everybody, and nothing of its own gets to them")
  func strangers() async throws {
    guard ObjectServer.isWanted else { return }
    let ground = try await SharedGround(.bucket)
    let name = UUID().uuidString.lowercased()
    let pull = "s3://clips/pull/\(name)"
    let project = try TinyFilm.project(stills: 4)
    try await Machine(project, ground).expect(0, "run", "film.yaml")
    let before = try await objects(in: ground)

    // The stranger's film has one clip that is new.
    let strange = try TinyFilm.project(stills: 4)
    try strange.write(TinyStill.numbered(7), to: "stills/3.png")
    let guest = Machine(strange, ground, ground.guest)
    try await guest.expect(
      0, "run", "film.yaml", "--store", pull, "--read-store", ground.store, "--events", "own.jsonl")
    #expect(try RunEvents(strange.read("own.jsonl")).committed.count == 1)
    let direct = try await guest.keyreel("run", "film.yaml")
    #expect(direct.status == 74, "may not write there: \(direct)")
    let reading = try await guest.keyreel(
      "run", "film.yaml", "--read-only-store", "--events", "read.jsonl")
    #expect(reading.status != 0 && reading.errors.contains("only read"), "\(reading)")
    #expect(try await objects(in: ground) == before, "everybody's store is as it was")

    // The stranger writes another clip's bytes under the names of its own, and its receipts stay.
    let bad = try TinyFilm.project(stills: 2)
    try bad.write(Data("poison".utf8), to: "poison")
    let own = try await objects(in: pull, ground)
    let clips = own.filter { $0.contains("/objects/") }
    #expect(clips.count == 1)
    for clip in clips {
      try await s3(ground, ["-T", bad.folder.appendingPathComponent("poison").path], clip)
    }
    #expect(try await guest.expect(7, "store", "verify", "--store", pull).contains("damaged"))

    // Everybody's next film wants the very clip that the stranger has made.
    let next = Machine(strange, ground)
    try FileManager.default.removeItem(at: strange.folder.appendingPathComponent(".keyreel"))
    try await next.expect(0, "run", "film.yaml", "--events", "next.jsonl")
    #expect(try RunEvents(strange.read("next.jsonl")).committed.count == 1, "it is made, not taken")
    #expect(try await next.expect(0, "store", "verify") == "4 clips are sound\n")
    // Also who reads the stranger's store by name never takes bytes that are not the receipt's.
    let careless = try TinyFilm.project(stills: 4)
    try careless.write(TinyStill.numbered(7), to: "stills/3.png")
    let empty = try await SharedGround(.bucket)
    try await Machine(careless, empty).expect(
      0, "run", "film.yaml", "--read-store", pull, "--read-store", ground.store)
    #expect(try careless.read("films/film.mp4") == strange.read("films/film.mp4"))
  }

  /// The names and tags of all objects of a ground's store, registers of runs aside.
  private func objects(in ground: SharedGround) async throws -> [String] {
    try await objects(in: ground.store, ground)
  }

  private func objects(in store: String, _ ground: SharedGround) async throws -> [String] {
    let prefix = store.dropFirst("s3://clips/".count).replacing("/", with: "%2F")
    let text = try await s3(ground, [], "?list-type=2&max-keys=1000&prefix=\(prefix)")
    return text.components(separatedBy: "<Key>").dropFirst()
      .compactMap { $0.components(separatedBy: "</Key>").first }
      .filter { !$0.contains("/owners/") }
  }

  /// A request that is none of keyreel's, with the rights of the ground's owner.
  @discardableResult
  private func s3(_ ground: SharedGround, _ words: [String], _ key: String) async throws -> String {
    let endpoint = ground.variables["AWS_ENDPOINT_URL"] ?? ""
    return try ChildProcess.run(
      [
        "curl", "-sSf", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
        "\(ObjectServer.keyID):\(ObjectServer.secret)",
      ] + words + ["\(endpoint)/clips/\(key)"]
    ).output
  }
}
