import KeyreelCore
import Synchronization
import SystemPackage

/// Copies of a shared store's records in a folder of this machine, where all that reads records finds them.
///
/// Records never change, so a copy never grows old; a look at the names tells which ones are new.
final class RecordMirror: Sendable {
  let space: any ObjectSpace
  let local: DirectoryStore
  /// When the names of a claim's records were last looked at.
  private let looked = Mutex<[RecipeKey: ContinuousClock.Instant]>([:])

  /// Forecasts and summaries may be so old; who owns a claim always looks anew.
  private static let freshness = Duration.seconds(2)
  /// Above so many keys it is cheaper to list all claims than each one.
  private static let listingThreshold = 64
  /// Copies at once.
  private static let width = 16

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
  func refresh(_ key: RecipeKey) throws -> [String] {
    let folder = folder(of: key)
    let now = ContinuousClock.now
    let names = try space.names(under: folder).map { String($0.dropFirst(folder.count)) }
    try copy(names, of: key)
    looked.withLock { $0[key] = now }
    return names
  }

  /// Copies what is new of these claims, unless they were looked at just now.
  func refresh(_ keys: some Collection<RecipeKey>) throws {
    let now = ContinuousClock.now
    let old = looked.withLock { looked in
      keys.filter { looked[$0].map { $0.duration(to: now) < Self.freshness } != true }
    }
    if old.count > Self.listingThreshold { return try refreshAll() }
    try Errands.run(old, width: Self.width) { try self.refresh($0) }
  }

  /// Copies what is new of all claims.
  func refreshAll() throws {
    let now = ContinuousClock.now
    var claims: [RecipeKey: [String]] = [:]
    for name in try space.names(under: "claims/") {
      let parts = name.split(separator: "/")
      guard parts.count == 4, let digest = Digest(hex: parts[2]) else { continue }
      claims[RecipeKey(digest), default: []].append(String(parts[3]))
    }
    try Errands.run(Array(claims), width: Self.width) { try self.copy($0.value, of: $0.key) }
    looked.withLock { looked in for key in claims.keys { looked[key] = now } }
  }

  /// Keeps a copy of the record `name`, which the space has now.
  ///
  /// Troubles of this machine's disk are none of the record's: it is copied again when it is looked for.
  func keep(_ bytes: [UInt8], as name: String, of key: RecipeKey) {
    try? write(bytes, as: name, of: key)
  }

  private func copy(_ names: [String], of key: RecipeKey) throws {
    let place = local.layout.claim(key)
    for name in names where Self.isAttempt(name) && !Disk.exists(place.folder.child(name)) {
      guard let bytes = try space.read(folder(of: key) + name) else { continue }
      try write(bytes, as: name, of: key)
    }
    guard let receipt = ReceiptName.last(of: names) else { return }
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
