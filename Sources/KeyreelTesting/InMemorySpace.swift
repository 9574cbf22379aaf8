public import KeyreelCore
public import SystemPackage

/// A space in memory, for many stores of one process.
public final class InMemorySpace: ObjectSpace {
  private struct State {
    var objects: [String: [UInt8]] = [:]
    var registers: [String: (bytes: [UInt8], version: Int)] = [:]
    var version = 0
  }

  private let state = Locked(State())

  /// An empty space.
  public init() {}

  /// `memory:`.
  public var address: String { "memory:" }

  /// Does nothing: the promises hold here.
  public func probe() throws {}

  /// The object's bytes.
  public func read(_ name: String) throws -> [UInt8]? { state.withLock { $0.objects[name] } }

  /// Writes the object's bytes to `path`.
  public func fetch(_ name: String, to path: FilePath) throws -> Digest? {
    guard let bytes = try read(name) else { return nil }
    try TestFile.write(bytes, to: path)
    return Digest.of(bytes)
  }

  /// Keeps `bytes` unless the object is there.
  public func create(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    state.withLock { state in
      guard state.objects[name] == nil else { return false }
      state.objects[name] = bytes
      return true
    }
  }

  /// Keeps the file's bytes unless the object is there.
  public func upload(
    _ path: FilePath, digest: Digest, byteCount: Int, as name: String
  ) throws -> Bool {
    try create(name, TestFile.read(path))
  }

  /// Names of objects and registers.
  public func names(under prefix: String) throws -> [String] {
    state.withLock { state in
      (Array(state.objects.keys) + Array(state.registers.keys))
        .filter { $0.hasPrefix(prefix) }.sorted()
    }
  }

  /// Forgets an object or a register.
  public func remove(_ name: String) throws {
    state.withLock { state in
      state.objects[name] = nil
      state.registers[name] = nil
    }
  }

  /// The register's value.
  public func register(_ name: String) throws -> RegisterValue? {
    state.withLock { state in
      state.registers[name].map { RegisterValue(bytes: $0.bytes, version: "\($0.version)") }
    }
  }

  /// Swaps the register's value.
  public func swap(
    _ name: String, _ bytes: [UInt8], expecting expected: String?
  ) throws -> String? {
    state.withLock { state in
      guard state.registers[name].map({ "\($0.version)" }) == expected else { return nil }
      state.version += 1
      state.registers[name] = (bytes, state.version)
      return "\(state.version)"
    }
  }
}
