import Foundation
import KeyreelTesting

/// The library that ends a program at a named instant and keeps a journal of the orders that left it
/// (`Tests/killswitch.c`).
enum KillSwitch {
  /// Every instant that it knows by name; `any` comes besides.
  static let instants = [
    "intent-before", "intent-after", "post-before", "post-middle", "post-after", "answer",
    "ticket-before", "ticket-after", "poll-before", "poll-after", "result-before", "result-after",
    "download-before", "download-after", "object-before", "object-after", "receipt-before",
    "receipt-after", "film-before", "film-after",
  ]

  /// The library, built once by the compiler that every machine with Swift has.
  private static let library = Result { () throws -> Library in
    let folder = try TemporaryProject()
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("killswitch.c")
    let file = folder.folder.appendingPathComponent("killswitch.so")
    try ChildProcess.run([
      "/usr/bin/env", "clang", "-shared", "-fPIC", "-O1", "-o", file.path, source.path,
    ])
    return Library(folder: folder, file: file)
  }

  private struct Library: Sendable {
    let folder: TemporaryProject
    let file: URL
  }

  /// What makes a program die at the `count`-th passing of `instant`, or only keep the journal.
  static func variables(
    at instant: String? = nil, count: Int = 1, journal: URL
  ) throws -> [String: String] {
    var variables = ["LD_PRELOAD": try library.get().file.path, "KILL_JOURNAL": journal.path]
    if let instant { variables["KILL_AT"] = "\(instant) \(count)" }
    return variables
  }

  /// The orders that left, by seed.
  struct Journal {
    private(set) var begun: [Int: Int] = [:]
    private(set) var sent: [Int: Int] = [:]

    /// Reads the journal at `file`, if there is one.
    init(_ file: URL) {
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 2, let seed = Int(words[1]) else { continue }
        if words[0] == "begun" { begun[seed, default: 0] += 1 } else { sent[seed, default: 0] += 1 }
      }
    }
  }
}
