import Foundation
import KeyreelTesting
import Testing

@Suite("Help")
struct HelpTests {
  /// A command as the program tells of itself.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String
      }
      var names: [Name]?
    }
    var commandName: String
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// `--backend`, `-o`.
    var flags: Set<String> {
      Set(
        (arguments ?? []).flatMap { $0.names ?? [] }.map {
          ($0.kind == "short" ? "-" : "--") + $0.name
        })
    }

    /// What its examples show, a line each.
    var examples: [String] {
      let parts = (discussion ?? "").components(separatedBy: "Examples:\n")
      guard parts.count == 2 else { return [] }
      return parts[1].split(separator: "\n").filter { $0.hasPrefix("  ") }
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private struct Dump: Decodable { var command: Command }

  private func command(of program: URL) throws -> Command {
    let dump = try ChildProcess.run([program.path, "--experimental-dump-help"])
    return try JSONDecoder().decode(Dump.self, from: Data(dump.bytes)).command
  }

  private func all(_ command: Command) -> [Command] {
    guard command.commandName != "help" else { return [] }
    return [command] + (command.subcommands ?? []).flatMap(all)
  }

  @Test("Every command has examples, and every flag in them is one that it takes")
  func examples() throws {
    let keyreel = try command(of: KeyreelProcess.program)
    let server = try command(of: RehearsalServer.program)
    var shown = 0
    for told in all(keyreel) + all(server) {
      #expect(!told.examples.isEmpty, "\(told.commandName)")
      for example in told.examples {
        for part in example.replacingOccurrences(of: "$(", with: "&& ").components(
          separatedBy: "&&")
        {
          guard
            let line = part.range(
              of: #"^\s*(export \S+=)?\s*keyreel .*"#, options: .regularExpression)
          else { continue }
          let words = part[line].split(separator: "|")[0].split { " >)".contains($0) }.map(
            String.init)
          // What stands behind `--` is for another program.
          let own = words.prefix { $0 != "--" }
          let used = find(Array(words.drop { $0 != "keyreel" }.dropFirst()), keyreel, server)
          for flag in own where flag.hasPrefix("-") && flag != "-" {
            #expect(used.flags.contains(flag), "\(flag) in: \(example)")
          }
          shown += 1
        }
      }
    }
    #expect(shown > 50)
  }

  /// The command that `words` lead to; `serve` leads to the server's own.
  private func find(_ words: [String], _ command: Command, _ server: Command) -> Command {
    guard let first = words.first else { return command }
    if first == "serve" {
      let own = find(Array(words.dropFirst()), server, server)
      return own.commandName == server.commandName
        ? server.subcommands?.first { $0.commandName == "start" } ?? own : own
    }
    guard let next = command.subcommands?.first(where: { $0.commandName == first }) else {
      return command
    }
    return find(Array(words.dropFirst()), next, server)
  }
}
