import KeyreelCore
import Synchronization
import SystemPackage

/// Copies of a shared store's records in a folder of this machine, where all that reads records finds them.
///
/// Records never change, so a copy never grows old; a look at the names tells which ones are new.
final class RecordMirror: Sendable {
  let space: any ObjectSpace
  let local: DirectoryStore
  private let looked = Mutex(Looked())

  /// How much of a claim is copied.
  enum Depth {
    /// What is to be known of it now: the receipt, or without one the attempts.
    case standing
    /// The attempts that led to its receipt too, as ledgers need them.
    case history
  }

  private struct Looked {
    /// When the names of a claim's records were last looked at.
    var times: [RecipeKey: ContinuousClock.Instant] = [:]
    /// How old a look may be that forecasts and summaries go by; who owns a claim always looks anew.
    var freshness = RecordMirror.freshness
  }

  private static let freshness = Duration.seconds(2)
  /// Above so many keys it is cheaper to list claims together than each one.
  private static let listingThreshold = 64
  /// Names that one round trip brings.
  private static let page = 1000
  /// Round trips at once.
  static let width = 32

  init(_ space: any ObjectSpace, _ local: DirectoryStore) {
    self.space = space
    self.local = local
  }

  /// The folder of a claim's records in the space, with a slash at its end.
  func folder(of key: RecipeKey) -> String {
    let name = key.digest.hex
    return "claims/\(name.prefix(2))/\(name)/"
  }

  /// Copies what is new of one claim, and returns the names of all of its records.
  @discardableResult
  func refresh(_ key: RecipeKey, _ depth: Depth = .standing) throws -> [String] {
    let folder = folder(of: key)
    let now = ContinuousClock.now
    let names = try space.names(under: folder).map { String($0.dropFirst(folder.count)) }
    try copy(names, of: key, depth)
    looked.withLock { $0.times[key] = now }
    return names
  }

  /// Copies what is new of these claims, unless they were looked at just now.
  func refresh(_ keys: some Collection<RecipeKey>) throws {
    let now = ContinuousClock.now
    let old = looked.withLock { looked in
      keys.filter { key in
        looked.times[key].map { $0.duration(to: now) < looked.freshness } != true
      }
    }
    guard old.count > Self.listingThreshold, try Self.isWorthListing(old.count, in: space) else {
      return try Errands.run(old, width: Self.width) { try self.refresh($0) }
    }
    var claims = try Self.listing(for: old, in: space)
    for key in old where claims[key] == nil { claims[key] = [] }
    let wanted = Set(old)
    try Errands.run(claims.filter { wanted.contains($0.key) }, width: Self.width) {
      try self.copy($0.value, of: $0.key, .standing)
    }
    note(old, since: now)
  }

  /// Copies what is new of all claims.
  func refreshAll(_ depth: Depth = .standing) throws {
    let now = ContinuousClock.now
    let claims = try Self.listing(for: nil, in: space)
    try Errands.run(Array(claims), width: Self.width) {
      try self.copy($0.value, of: $0.key, depth)
    }
    note(claims.keys, since: now)
  }

  private func note(_ keys: some Collection<RecipeKey>, since begin: ContinuousClock.Instant) {
    looked.withLock { looked in
      for key in keys { looked.times[key] = begin }
      // Questions about each of what was found take their time too, and are no reason for another look.
      looked.freshness = max(
        Self.freshness, begin.duration(to: .now) * 4, .milliseconds(10) * keys.count)
    }
  }

  /// Whether a listing of all claims takes fewer round trips than one for each of `count` claims.
  ///
  /// Keys are digests, so that one beginning of 256 tells about how many names there are in all. In a
  /// store of a million clips, a thousand of them are found four times as cheaply one by one.
  private static func isWorthListing(_ count: Int, in space: any ObjectSpace) throws -> Bool {
    guard count < beginnings.count * 64 else { return true }
    guard try space.names(under: "claims/", first: page).count >= page else { return true }
    let sample = try space.names(under: "claims/\(beginnings[0])/").count
    return beginnings.count * (1 + sample / page) < count
  }

  /// The first two digits of keys.
  private static let beginnings = (0..<256).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }

  /// The names of claims' records by claim: of all claims, or at least of `keys`.
  ///
  /// What does not fit into one round trip is asked for by the first digits of keys, several at once.
  private static func listing(
    for keys: [RecipeKey]?, in space: any ObjectSpace
  ) throws -> [RecipeKey: [String]] {
    var names = try space.names(under: "claims/", first: page)
    if names.count >= page {
      let beginnings =
        keys.map { Set($0.map { String($0.digest.hex.prefix(2)) }) } ?? Set(Self.beginnings)
      let found = Mutex<[String]>([])
      try Errands.run(Array(beginnings), width: width) { beginning in
        let some = try space.names(under: "claims/\(beginning)/")
        found.withLock { $0 += some }
      }
      names = found.withLock { $0 }
    }
    var claims: [RecipeKey: [String]] = [:]
    for name in names {
      let parts = name.split(separator: "/")
      guard parts.count == 4, let digest = Digest(hex: parts[2]) else { continue }
      claims[RecipeKey(digest), default: []].append(String(parts[3]))
    }
    return claims
  }

  /// Those of `keys` that `space` may have receipts of: all of a few, and of many those that it lists.
  static func claims(
    worthReading keys: [RecipeKey], in space: any ObjectSpace
  ) throws -> [RecipeKey] {
    guard keys.count > listingThreshold else { return keys }
    let claims = try listing(for: keys, in: space)
    return keys.filter { ReceiptName.last(of: claims[$0] ?? []) != nil }
  }

  /// Keeps a copy of the record `name`, which the space has now.
  ///
  /// Troubles of this machine's disk are none of the record's: it is copied again when it is looked for.
  func keep(_ bytes: [UInt8], as name: String, of key: RecipeKey) {
    try? write(bytes, as: name, of: key)
  }

  private func copy(_ names: [String], of key: RecipeKey, _ depth: Depth) throws {
    let place = local.layout.claim(key)
    let receipt = ReceiptName.last(of: names)
    let attempts = receipt == nil || depth == .history ? names : []
    for name in attempts where Self.isAttempt(name) && !Disk.exists(place.folder.child(name)) {
      guard let bytes = try space.read(folder(of: key) + name) else { continue }
      try write(bytes, as: name, of: key)
    }
    guard let receipt else { return }
    // A second receipt stands in for a first one whose clip was damaged.
    guard receipt.number > 1 || !Disk.exists(place.receipt) else { return }
    guard let bytes = try space.read(folder(of: key) + receipt.name) else { return }
    try write(bytes, as: receipt.name, of: key)
  }

  private func write(_ bytes: [UInt8], as name: String, of key: RecipeKey) throws {
    let place = local.layout.claim(key)
    try local.session.makeReady()
    try Disk.makeFolders(place.folder)
    let draft = try local.session.draft(ending: "json")
    guard ReceiptName(name) != nil else {
      try Disk.writeNew(bytes, at: place.folder.child(name), through: draft, force: .none)
      return
    }
    guard try Disk.read(place.receipt) != bytes else { return }
    try Disk.replace(bytes, at: place.receipt, through: draft)
  }

  private static func isAttempt(_ name: String) -> Bool {
    name.hasSuffix(".json")
      && ["intent-", "ticket-", "failure-"].contains(where: name.hasPrefix)
  }
}

/// The name of a receipt in a shared store: `receipt.json`, and `receipt-2.json` when that was no good.
struct ReceiptName: Comparable {
  /// 1-based.
  let number: Int

  init(number: Int) { self.number = number }

  /// `nil` for the names of other records.
  init?(_ name: String) {
    guard name.hasPrefix("receipt"), name.hasSuffix(".json") else { return nil }
    let middle = name.dropFirst("receipt".count).dropLast(".json".count)
    guard !middle.isEmpty else {
      number = 1
      return
    }
    guard middle.hasPrefix("-"), let number = Int(middle.dropFirst()), number > 1 else {
      return nil
    }
    self.number = number
  }

  /// The one that counts.
  static func last(of names: [String]) -> ReceiptName? { names.compactMap { Self($0) }.max() }

  var name: String { number == 1 ? "receipt.json" : "receipt-\(number).json" }

  var next: ReceiptName { ReceiptName(number: number + 1) }

  static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
