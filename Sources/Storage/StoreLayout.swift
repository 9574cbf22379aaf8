import KeyreelCore
import SystemPackage

/// Where things are in a store's folder; see `docs/store.md`.
struct StoreLayout: Sendable {
  let folder: FilePath

  /// The version of the layout and the files in it.
  static let formatVersion = 1

  var format: FilePath { folder.child("format.json") }
  var ignoreFile: FilePath { folder.child(".gitignore") }
  /// Held shared by every user of the store, alone by the collection of garbage.
  var lock: FilePath { folder.child("lock") }
  var objects: FilePath { folder.child("objects") }
  var claims: FilePath { folder.child("claims") }
  var history: FilePath { folder.child("history") }
  /// What runs did and when, for reports.
  var runs: FilePath { folder.child("runs") }
  var staging: FilePath { folder.child("staging") }
  var quarantine: FilePath { folder.child("quarantine") }
  var sources: FilePath { folder.child("sources") }
  var facts: FilePath { folder.child("facts") }
  /// Where pictures were uploaded.
  var uploads: FilePath { folder.child("uploads") }

  /// What may stand in a store's folder; anything else makes it somebody else's folder.
  static let names: Set<String> = [
    "format.json", ".gitignore", "lock", "objects", "claims", "films", "history", "staging",
    "quarantine", "sources", "facts", "uploads", "runs", "edges",
    // What systems put in every folder or at the root of every disk.
    "lost+found", ".DS_Store",
  ]

  func object(_ digest: Digest) -> FilePath {
    folder.child("objects/\(Self.fanned(digest)).mp4")
  }

  /// What clips show at their ends, and light and colours of keyframes.
  var edges: FilePath { folder.child("edges") }

  func edges(of clip: Digest) -> FilePath { folder.child("edges/\(Self.fanned(clip)).clip") }

  func sketch(of picture: Digest) -> FilePath {
    folder.child("edges/\(Self.fanned(picture)).still")
  }

  func claim(_ key: RecipeKey) -> ClaimLayout {
    ClaimLayout(folder: folder.child("claims/\(Self.fanned(key.digest))"))
  }

  func film(_ assembly: Digest) -> FilePath {
    folder.child("films/\(Self.fanned(assembly)).json")
  }

  /// The manifest of a film, as it stands beside the film.
  func manifest(_ assembly: Digest) -> FilePath {
    folder.child("films/\(Self.fanned(assembly)).manifest.json")
  }

  /// Pipelines are named by a digest, because their paths have slashes and may be long.
  func history(of pipeline: String) -> FilePath {
    history.child("\(Digest.of(pipeline).hex).json")
  }

  func runs(of pipeline: String) -> FilePath {
    runs.child("\(Digest.of(pipeline).hex).json")
  }

  /// `ab/abcd…`: 256 folders, so that none of them gets too full.
  private static func fanned(_ digest: Digest) -> String {
    let name = digest.hex
    return "\(name.prefix(2))/\(name)"
  }
}

/// Where things are in a claim's folder.
struct ClaimLayout: Sendable {
  let folder: FilePath

  /// Locked by the claim's live owner.
  var lease: FilePath { folder.child("lease") }
  var receipt: FilePath { folder.child("receipt.json") }

  func intent(_ attempt: Int) -> FilePath { folder.child("intent-\(attempt).json") }
  func ticket(_ attempt: Int) -> FilePath { folder.child("ticket-\(attempt).json") }
  func failure(_ attempt: Int) -> FilePath { folder.child("failure-\(attempt).json") }
  /// Room on the disk for a ticket, taken before money is spent, so that a full disk cannot lose it.
  func reserve(_ attempt: Int) -> FilePath { folder.child("ticket-\(attempt).room") }

  /// The number of the last attempt that was begun; 0 when there was none.
  func lastAttempt() throws(OperationError) -> Int {
    try Disk.names(in: folder).compactMap { name in
      guard name.hasPrefix("intent-"), name.hasSuffix(".json") else { return nil }
      return Int(name.dropFirst("intent-".count).dropLast(".json".count))
    }.max() ?? 0
  }

  /// What the attempts' records say, receipts aside, and the number of the last attempt.
  func attemptState() throws(OperationError) -> (state: ClaimState, attempt: Int) {
    let last = try lastAttempt()
    if last == 0 || Disk.exists(failure(last)) { return (.open, last) }
    do {
      let record = try StoreRecords.read(StoreRecords.Accepted.self, at: ticket(last))
      if let record { return (.ticketed(record.ticket), last) }
    } catch  where error.code == .corrupt {
      // The request was accepted, but nobody can read its name any more: never sent again by itself.
    }
    return (.unknown(attempt: last), last)
  }
}
