internal import ArgumentParser
internal import Keyframes
internal import KeyreelCore
internal import Reporting
internal import SystemPackage

/// `keyreel new DIR`: a small project to start from.
struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Makes a small project to start from.",
    discussion: """
      Writes a commented film.yaml and three stills. Nothing that is there already is replaced.

      Examples:
        keyreel new my-film && keyreel run my-film/film.yaml
      """)

  @Argument(help: "The folder; made where it is missing.", completion: .directory)
  var folder: String

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let root = context.surroundings.workingFolder.pushing(FilePath(folder))
      let files: [(name: String, bytes: [UInt8])] = [
        ("film.yaml", Array(StarterPipeline.text.utf8)),
        (".gitignore", Array(".keyreel/\nfilms/\n".utf8)),
      ]
      for name in files.map(\.name) + ["stills"]
      where AuthoredFile.exists(root.pushing(FilePath(name))) {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(folder)/\(name) is there already",
            remedy: "name another folder; nothing was changed"),
          .usage)
      }
      let stills = root.appending("stills")
      try AuthoredFile.makeFolder(stills)
      try CommandFailure.atStore { try StarterStills.write(into: stills) }
      for file in files {
        let path = root.pushing(FilePath(file.name))
        try AuthoredFile.makeFolder(path.removingLastComponent())
        try AuthoredFile.write(file.bytes, to: path, named: "\(folder)/\(file.name)")
      }
      context.output.writeLine("made \(folder) with film.yaml and three stills; go on with:")
      context.output.writeLine("  cd \(ShellWord.quoted(folder)) && keyreel run film.yaml")
      return .success
    }
  }
}
