internal import ArgumentParser
internal import KeyreelCore

/// Tells a misspelt subcommand before the parser takes it for an argument of the command above it.
enum CommandNames {
  /// What is wrong with the first words of `arguments`; `nil` when they name commands that there are.
  static func mistake(in arguments: [String]) -> CommandFailure? {
    var command: any ParsableCommand.Type = Keyreel.self
    var path = ""
    var words = arguments[...]
    if words.first == "help" { words.removeFirst() }
    while let word = words.popFirst(), !word.hasPrefix("-") {
      let known = command.configuration.subcommands
      if known.isEmpty { return nil }
      guard let next = known.first(where: { $0.configuration.commandName == word }) else {
        return .unknown("command", path + word, among: known.map { path + $0.name })
      }
      command = next
      path += word + " "
    }
    return nil
  }
}

extension ParsableCommand {
  fileprivate static var name: String { configuration.commandName ?? "" }
}

extension CommandFailure {
  /// A name on the command line that there is not: `there is no model …`, and the one that was meant.
  static func unknown(_ kind: String, _ name: String, among known: [String]) -> CommandFailure {
    let shown = known.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    let all = known.count > 12 ? "\(shown) and \(known.count - 12) more" : shown
    return CommandFailure(
      OperationError(
        .notFound, "there is no \(kind) `\(name)`",
        remedy: Spelling.suggestion(for: name, among: known) ?? "there are \(all)"),
      .usage)
  }
}
