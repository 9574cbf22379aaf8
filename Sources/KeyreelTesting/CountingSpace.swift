public import KeyreelCore
public import SystemPackage

/// A space that counts its calls and what is written to it.
public final class CountingSpace: ObjectSpace {
  private let base: any ObjectSpace
  private let counts = Locked((calls: 0, bytes: 0))

  /// Counts what is done with `base`.
  public init(_ base: any ObjectSpace) { self.base = base }

  /// Calls, and bytes written, since the last ``reset()``.
  public var counted: (calls: Int, bytes: Int) { counts.withLock { $0 } }

  /// Counts from nothing again.
  public func reset() { counts.withLock { $0 = (0, 0) } }

  private func count(_ bytes: Int = 0) {
    counts.withLock { counts in
      counts.calls += 1
      counts.bytes += bytes
    }
  }

  /// That of the space below.
  public var address: String { base.address }

  /// Not counted: once for a process.
  public func probe() throws { try base.probe() }

  /// One call.
  public func read(_ name: String) throws -> [UInt8]? {
    count()
    return try base.read(name)
  }

  /// One call.
  public func fetch(_ name: String, to path: FilePath) throws -> Digest? {
    count()
    return try base.fetch(name, to: path)
  }

  /// One call, and its bytes.
  public func create(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    count(bytes.count)
    return try base.create(name, bytes)
  }

  /// One call, and its bytes.
  public func upload(_ path: FilePath, digest: Digest, byteCount: Int, as name: String) throws
    -> Bool
  {
    count(byteCount)
    return try base.upload(path, digest: digest, byteCount: byteCount, as: name)
  }

  /// A call for every thousand names, as S3 has it.
  public func names(under prefix: String) throws -> [String] {
    let names = try base.names(under: prefix)
    for _ in 0...(names.count / 1000) { count() }
    return names
  }

  /// One call.
  public func names(under prefix: String, first limit: Int) throws -> [String] {
    count()
    return try base.names(under: prefix, first: limit)
  }

  /// One call.
  public func remove(_ name: String) throws {
    count()
    try base.remove(name)
  }

  /// One call.
  public func register(_ name: String) throws -> RegisterValue? {
    count()
    return try base.register(name)
  }

  /// One call, and its bytes.
  public func swap(_ name: String, _ bytes: [UInt8], expecting expected: String?) throws -> String?
  {
    count(bytes.count)
    return try base.swap(name, bytes, expecting: expected)
  }
}
