public import KeyreelCore

/// Reads and writes lock files, `<pipeline>.lock.yaml`: which clips are never made again.
public enum LockFile {
  /// What lock files end with.
  public static let ending = ".lock.yaml"

  /// The name of the lock file of the pipeline `name`: `film.lock.yaml` beside `film.yaml`.
  public static func name(of pipeline: String) -> String {
    for old in [".yaml", ".yml"] where pipeline.hasSuffix(old) {
      return pipeline.dropLast(old.count) + ending
    }
    return pipeline + ending
  }

  /// What came of reading a lock file.
  public struct Loaded: Sendable {
    /// The locks; with errors, those that could be read.
    public var locks: PipelineLocks
    /// All mistakes in the order of their places.
    public var diagnostics: [Diagnostic]
    /// The file's text, for printing places.
    public var text: String

    /// What a pipeline without a lock file has.
    public static func none(file: String) -> Loaded {
      Loaded(locks: PipelineLocks(file: file, entries: []), diagnostics: [], text: "")
    }
  }

  /// Reads `bytes` of the file that messages call `file`; never throws, mistakes are told.
  public static func load(_ bytes: [UInt8], file: String) -> Loaded {
    var log = DiagnosticLog(file: file)
    var entries: [Written<ClipLock>] = []
    if let root = Composer.compose(bytes, &log), isKnownVersion(root, &log) {
      var checker = ShapeChecker(log: log)
      checker.check(
        root, .table(LockKeys.file),
        .init(
          place: .file("a lock file"), span: SourceSpan(line: 1, column: 1),
          remedy: "begin the file with `keyreel-lock: 1`"))
      log = checker.log
      entries = read(root, &log)
      tellDoubles(entries, &log)
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return Loaded(
      locks: PipelineLocks(file: file, entries: entries),
      diagnostics: log.inOrder.map(suited),
      text: String(decoding: text, as: UTF8.self))
  }

  /// What is to be done about an empty lock is not what is to be done about an empty pipeline.
  private static func suited(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.code == DiagnosticCode.emptyFile.rawValue else { return diagnostic }
    var suited = diagnostic
    suited.suggestion = "get it back from version control, or delete it: then nothing is locked"
    return suited
  }

  /// A later version may lock in ways that are not known here; nothing of it is used.
  private static func isKnownVersion(_ root: Node, _ log: inout DiagnosticLog) -> Bool {
    guard let value = root.value(of: LockKeys.version), let version = value.scalar?.wholeNumber,
      version != 1
    else { return true }
    log.error(
      .unknownVersion, "this is version \(version) of lock files; this Keyreel knows version 1",
      at: value.span, suggestion: "upgrade Keyreel")
    return false
  }

  private static func read(_ root: Node, _ log: inout DiagnosticLog) -> [Written<ClipLock>] {
    var entries: [Written<ClipLock>] = []
    let wasTold = log.hasErrors
    for maker in root.value(of: "clips")?.entries ?? [] {
      let written = Node.Scalar(text: maker.key.text, isPlain: true)
      guard let backend = ScalarForm.backendIdentity.read(written) else { continue }
      for film in maker.value.entries ?? [] {
        for segment in film.value.entries ?? [] {
          guard let lock = lock(segment, film.key.text, backend) else {
            guard !wasTold else { continue }
            // What the checker lets pass for the sake of variables, which locks do not have.
            log.error(
              .brokenLock, "the lock of `\(segment.key.text.shortened)` cannot be read",
              at: segment.key.span,
              suggestion: "lock it again: `keyreel lock FILE \(segment.key.text.shortened)`")
            continue
          }
          entries.append(Written(lock, at: segment.key.span))
        }
      }
    }
    return entries
  }

  private static func lock(
    _ entry: Node.Entry, _ film: String, _ backend: BackendIdentity
  ) -> ClipLock? {
    let fields = Fields(entry.value)
    guard let take = fields.read("take", .take), let recipe = fields.read("recipe", .digest),
      let clip = fields.read("clip", .digest), let frames = fields.read("frames", .frames)
    else { return nil }
    let seed = fields.read("seed", .lockedSeed)
    guard seed != nil || entry.value.entry("seed") == nil else { return nil }
    return ClipLock(
      film: film, segment: entry.key.text, backend: backend, take: take.value, seed: seed?.value,
      key: RecipeKey(recipe.value), clip: clip.value, frames: frames.value)
  }

  /// Of two locks that would hold at once nobody knows which one is meant.
  private static func tellDoubles(_ entries: [Written<ClipLock>], _ log: inout DiagnosticLog) {
    var seen: [[String]: Written<ClipLock>] = [:]
    for entry in entries {
      let lock = entry.value
      let name = [lock.film, lock.segment, lock.backend.kind, "\(lock.backend.isPaid)"]
      guard let first = seen.updateValue(entry, forKey: name) else { continue }
      log.error(
        .lockedTwice, "`\(lock.segment.shortened)` is locked twice", at: entry.span,
        suggestion: "keep one of them",
        notes: [
          .init("the other one, made by \(first.value.backend), is here", at: first.span)
        ])
    }
  }

  /// The text of a file that holds `locks`: the same text for the same locks, in any order.
  public static func text(of locks: [ClipLock]) -> String {
    var lines = [
      "# Clips that a run takes from the store and never makes again. Written by `keyreel lock`;",
      "# commit it with the pipeline.", "\(LockKeys.version): 1",
      "clips:" + (locks.isEmpty ? " {}" : ""),
    ]
    var (maker, film) = ("", "")
    for lock in locks.sorted(by: { $0.order.lexicographicallyPrecedes($1.order) }) {
      if lock.backend.description != maker {
        (maker, film) = (lock.backend.description, "")
        lines.append("  \(key(maker)):")
      }
      if lock.film != film {
        film = lock.film
        lines.append("    \(key(film)):")
      }
      lines.append("      \(key(lock.segment)):")
      lines.append("        take: \(lock.take)")
      if let seed = lock.seed { lines.append("        seed: \(seed)") }
      lines += [
        "        recipe: \(lock.key)", "        clip: \(lock.clip)",
        "        frames: \(lock.frames)",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `text` as the key of a mapping, in quotes where it would be something else without.
  private static func key(_ text: String) -> String {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: false
      }
    }
    let isPlain =
      text.utf8.allSatisfy { isWord($0) || "._/@~+-:".utf8.contains($0) }
      && text.utf8.first.map(isWord) == true && text.utf8.last != UInt8(ascii: ":")
    guard !isPlain else { return text }
    var quoted = JSONText()
    quoted.value(text)
    return quoted.string
  }
}

extension ClipLock {
  /// Makers, films and segments by name, so that a moved sequence changes no line.
  fileprivate var order: [String] { [backend.description, film, segment] }
}
