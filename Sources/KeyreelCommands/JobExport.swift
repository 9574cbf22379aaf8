internal import Execution
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting
internal import Storage
internal import SystemPackage

/// Writes a plan as a job for many machines: a bundle of Open Job Description.
///
/// The job runs a saved plan in the bundle, so that a pipeline that is changed later is refused by every
/// task instead of being made by half.
struct JobExport {
  let work: PipelineWork
  let plan: Plan
  let options: PipelineOptions
  let job: JobOptions
  let surroundings: Surroundings
  /// The bundle's folder.
  let folder: FilePath

  private static let planName = "plan.json"

  /// Writes the bundle with the plan file `saved`; returns what people should know of it.
  func write(_ saved: [UInt8], named name: String) throws -> [String] {
    let forecast = try work.forecast(plan)
    let profiles = try ownProfiles()
    let bundle = try bundle(forecast, hasProfiles: !profiles.isEmpty)
    try AuthoredFile.makeFolder(folder)
    try write(saved, to: folder.appending(Self.planName), named: "\(name)/\(Self.planName)")
    if !profiles.isEmpty { try AuthoredFile.makeFolder(folder.appending("models")) }
    for profile in profiles {
      let file = "models/\(profile.id.replacing("/", with: "-")).json"
      try write(
        ProfileWriter.json(profile), to: folder.pushing(FilePath(file)), named: "\(name)/\(file)")
    }
    for file in bundle.files {
      try write(
        Array(file.text.utf8), to: folder.appending(file.name), named: "\(name)/\(file.name)")
    }
    return ["wrote \(name): \(bundle.summary)"] + remarks
  }

  private func write(_ bytes: [UInt8], to path: FilePath, named name: String) throws {
    try work.refuseSource(path, named: name)
    try AuthoredFile.write(bytes, to: path, named: name)
  }

  private var remarks: [String] {
    guard isPaid, work.documents.first?.budget?.month != nil else { return [] }
    return [
      "note: budget.month lets one task buy at a time, so there is one; others would end with 75"
    ]
  }

  private var isPaid: Bool { plan.backend.isPriced }

  /// Profiles that other machines do not have by themselves.
  private func ownProfiles() throws -> [ModelProfile] {
    let builtIn = try CommandFailure.meaning(.pipelineInvalid) { try ModelCatalog.builtIn() }
    let used = Set(plan.films.flatMap(\.segments).map(\.model))
    return work.profiles.filter { used.contains($0.id) && builtIn.profile($0.id) != $0 }
  }

  private func bundle(_ forecast: Forecast, hasProfiles: Bool) throws -> JobBundle {
    let store = try storeParameter()
    var words = ["run", "{{Param.Plan}}", "--root", "{{Param.Project}}", "--store", store.word]
    words += try options.store.readStores.flatMap { ["--read-store", try literal($0)] }
    if options.allowOutside { words.append("--allow-outside") }
    words += ["--progress", "openjd"]
    var parameters = [
      JobBundle.Parameter(
        "Plan", .inputFile, Self.planName, "The saved plan: keyreel plan FILE -o plan.json"),
      JobBundle.Parameter(
        "Project", .place, work.project.root.string, "The project's root, as machines see it."),
      JobBundle.Parameter(
        "Films", .outputFolder, work.project.filmFolder.string,
        "Films are written below it, at the paths that the pipeline names."),
      store.parameter,
      JobBundle.Parameter(
        "Shards", .count(upTo: Shard.mostShards), "\(shards)",
        "Tasks that the clips are divided into; chained clips stay together."),
      JobBundle.Parameter("Keyreel", .text, "keyreel", "The program on the machines."),
    ]
    var variables = [(name: "KEYREEL_CACHE", value: "{{Session.WorkingDirectory}}/cache")]
    if hasProfiles {
      parameters.append(
        JobBundle.Parameter("Models", .inputFolder, "models", "Profiles of the models in use."))
      variables.append((name: "KEYREEL_MODELS", value: "{{Param.Models}}"))
    }
    var make = words + ["--shard", "{{Task.Param.Shard}}/{{Param.Shards}}"]
    if isPaid { make.append("--yes") }
    if let ceiling = try ceiling(forecast) {
      parameters.append(
        JobBundle.Parameter(
          "MaxCost", .text, ceiling, "The most that one task may spend, in \(plan.currency)."))
      make += ["--max-cost", "{{Param.MaxCost}}"]
    }
    return JobBundle(
      name: title, summary: summary(forecast), parameters: parameters,
      program: "{{Param.Keyreel}}", variables: variables, make: make,
      parts: "1-{{Param.Shards}}",
      join: words + ["--into", "{{Param.Films}}", "--stitch-only"], timeout: job.timeout,
      inputs: inputs, roots: [work.project.root.string])
  }

  private var shards: Int {
    if isPaid, work.documents.first?.budget?.month != nil { return 1 }
    return job.shards(for: plan.groupCount)
  }

  private var title: String {
    let name = FilePath(work.project.pipeline).stem ?? "film"
    // Control characters are refused in names.
    return name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? name : "film"
  }

  private func summary(_ forecast: Forecast) -> String {
    let actions = forecast.steps.joined().joined().map(\.action)
    let missing = actions.count { $0 == .generate }
    var text = "\(missing) of \(actions.count) clips to make in \(shards) tasks"
    if isPaid { text += ", at most \(Amount(forecast.cost.new.worst, plan.currency))" }
    return text + ", then \(plan.films.count) \(plan.films.count == 1 ? "film" : "films")"
  }

  /// What one task may spend; `nil` where nothing is paid, or nobody knows the price.
  private func ceiling(_ forecast: Forecast) throws -> String? {
    if let amount = try SpendingOptions.ceiling(job.maxCost, in: plan.currency) {
      return amount.decimal
    }
    let used = Set(plan.films.flatMap(\.segments).map(\.model))
    let isKnown = work.profiles.allSatisfy { !used.contains($0.id) || $0.price.amount != nil }
    return isPaid && isKnown ? forecast.cost.new.worst.decimal : nil
  }

  /// Files of the project that tasks read, absolute and sorted.
  private var inputs: [String] {
    let sources = work.documents.flatMap(\.references).compactMap(\.value.path)
    var files = Set(
      (sources + [work.project.pipeline]).map {
        work.project.root.pushing(FilePath($0)).lexicallyNormalized().string
      })
    if AuthoredFile.exists(work.lock.path) { files.insert(work.lock.path.string) }
    return files.sorted()
  }

  /// The store that all tasks share: a folder's path may be another one on each machine.
  private func storeParameter() throws -> (parameter: JobBundle.Parameter, word: String) {
    let name = options.store.name.store ?? surroundings.environment["KEYREEL_STORE"] ?? ""
    guard StoreChoice.isShared(name) else {
      throw CommandFailure(
        OperationError(
          .unsupported,
          "a job's machines need a store that they share, and \(work.store.address) is of one machine",
          remedy: "name one: --store s3://bucket/prefix or --store shared:folder"), .usage)
    }
    if let folder = StoreChoice.sharedFolder(name, in: surroundings) {
      let help = "The folder of the shared store."
      return (.init("Store", .place, folder.string, help), "shared:{{Param.Store}}")
    }
    return (.init("Store", .text, name, "The shared store, s3://bucket/prefix."), "{{Param.Store}}")
  }

  /// `word` as a template has it; two braces would stand for something else there, and cannot be escaped.
  private func literal(_ word: String) throws -> String {
    guard !word.contains("{{") else {
      throw CommandFailure(
        OperationError(
          .unsupported, "`\(word)` has two braces, which mean something else in a job's template",
          remedy: "use a store of another name"), .usage)
    }
    return word
  }
}
