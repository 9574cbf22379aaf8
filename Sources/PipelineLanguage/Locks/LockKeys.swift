import KeyreelCore

/// The keys of a lock file; reader, schema and messages follow them.
enum LockKeys {
  private static let clip = KeyTable(
    "clip", "in a lock", "The clip that a segment keeps.",
    [
      KeyRule("take", .one(.take), "The take that was chosen.").required,
      KeyRule("seed", .one(.lockedSeed), "The seed that was asked for."),
      KeyRule("recipe", .one(.digest), "The clip's name in the store: its recipe's key.").required,
      KeyRule("clip", .one(.digest), "SHA-256 of the clip's bytes.").required,
      KeyRule("frames", .one(.frames), "Frames that were delivered.").required,
    ])

  private static let segments = Shape.named(
    .table(clip), NamedRule(noun: "segment", key: ScalarForm.word.erased))

  private static let films = Shape.named(
    segments, NamedRule(noun: "film", key: ScalarForm.word.erased))

  /// A whole file.
  static let file = KeyTable(
    "lock", "in the lock file", "Clips that are never made again, by maker, film and segment.",
    [
      KeyRule(version, .one(.lockVersion), "Version of the lock file: 1.").required,
      KeyRule(
        "clips",
        .named(films, NamedRule(noun: "maker", key: ScalarForm.backendIdentity.erased)),
        "By maker (`kind@origin`), by film, by segment."
      ).required,
    ])

  /// The key that tells a lock file from others.
  static let version = "keyreel-lock"
}

extension ScalarForm where Value == Int {
  /// The version of lock files.
  static let lockVersion = ScalarForm(
    "version", wants: "the version of the lock file, `1`", code: .notAWholeNumber,
    read: { $0.wholeNumber == 1 ? 1 : nil }, advice: { _ in "write `keyreel-lock: 1`" },
    schema: { $0.wholeNumber(1...1) })

  /// Any seed.
  static let lockedSeed = ScalarForm(
    "seed", wants: "a whole number", code: .notAWholeNumber, read: { $0.wholeNumber },
    schema: { $0.typed(["integer"]) })
}

extension ScalarForm where Value == BackendIdentity {
  /// Who makes clips, `kind@origin`.
  static let backendIdentity = ScalarForm(
    "maker", wants: "a maker such as `fal@queue.fal.run`", code: .badName,
    read: { scalar in
      let text = scalar.word
      guard let mark = text.firstIndex(of: "@"), mark != text.startIndex,
        text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { return nil }
      let origin = text[text.index(after: mark)...]
      return origin.isEmpty
        ? nil : BackendIdentity(kind: String(text[..<mark]), origin: String(origin))
    },
    advice: { _ in "write who made the clips, as `keyreel plan` names them: `kind@origin`" },
    schema: { $0.pattern("^[!-?A-~]+@[!-~]+$") })
}
