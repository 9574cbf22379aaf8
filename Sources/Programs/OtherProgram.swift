#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

/// Another program of this machine, run to its end without a shell.
public struct OtherProgram: Sendable {
  /// How it ended, and what it wrote.
  public struct Outcome: Sendable {
    /// The exit status, or 128 + the signal that ended it, as a shell has it.
    public var status: Int32
    /// What it wrote to its standard output.
    public var bytes: [UInt8]
    /// What it wrote to its standard error, with bytes that are no UTF-8 replaced.
    public var errors: String

    /// What it wrote to its standard output, as text.
    public var output: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Its name, which is looked for on the `PATH`.
  public let name: String
  /// All variables that it starts with.
  public let environment: [String: String]

  /// The program `name`, to be started with the variables of `environment` and no others.
  public init(_ name: String, environment: [String: String]) {
    self.name = name
    self.environment = environment
  }

  /// Runs it with `arguments`, reading `input`, and blocks until it has ended.
  ///
  /// Throws an `Errno` when it cannot be started. What it is told and says goes through files without a
  /// name, so that no pipe can fill up.
  public func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    let folder = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let files = try (0..<3).map { _ in try UnnamedFile(in: FilePath(folder)) }
    try files[0].write(input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.descriptor.rawValue, Int32(number))
    }
    var process: pid_t = 0
    let status = Self.withPointers(to: [name] + arguments) { words in
      Self.withPointers(to: environment.map { "\($0)=\($1)" }) { variables in
        posix_spawnp(&process, name, &actions, nil, words, variables)
      }
    }
    guard status == 0 else { throw Errno(rawValue: status) }
    var word: Int32 = 0
    while waitpid(process, &word, 0) < 0 {
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
    return Outcome(
      status: word & 0x7F == 0 ? word >> 8 & 0xFF : 128 + word & 0x7F,
      bytes: try files[1].bytes(), errors: String(decoding: try files[2].bytes(), as: UTF8.self))
  }

  private static func withPointers<Result>(
    to words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("the list has an end at least")
      }
      return body(base)
    }
  }
}
