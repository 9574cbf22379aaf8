import KeyreelCore
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program in a process and a process group of its own, for a bounded time.
///
/// What it writes goes to files without a name: no pipe fills up, and nothing is left behind. No
/// descriptor of the test process is open in it. A thread waits for its end, so that a test may do so
/// on any thread. What it started ends with it; it is killed when nobody refers to it any more.
public final class ChildProcess: Sendable {
  /// How a process ended, and what it wrote.
  public struct Outcome: Sendable, CustomStringConvertible {
    /// The exit status, or 128 + the signal that ended it, as a shell has it.
    public var status: Int32
    /// What it wrote to its standard output.
    public var bytes: [UInt8]
    /// What it wrote to its standard error.
    public var errors: String

    /// What it wrote to its standard output, as text.
    public var output: String { String(decoding: bytes, as: UTF8.self) }

    /// All of it, to be read.
    public var description: String { "status \(status)\n\(output)\(errors)" }
  }

  /// A program that could not be run as wanted.
  public struct Failure: Error, CustomStringConvertible {
    /// What happened, with what the program wrote.
    public let description: String

    /// A failure told in `description`.
    public init(description: String) { self.description = description }
  }

  private let words: [String]
  private let limit: Duration
  private let life: ChildLife
  private let output: UnnamedFile
  private let errors: UnnamedFile

  /// Starts the program `words[0]` with the arguments that follow.
  ///
  /// - `folder`: where it runs; by default where the test does.
  /// - `environment`: variables that differ from those of the test; `nil` takes one away.
  /// - `input`: its standard input, by default empty; `standardOutput`: where its output goes instead
  ///   of the outcome.
  /// - `limit`: whoever waits for longer gets a ``Failure``, and the process is killed.
  public init(
    _ words: [String], in folder: FilePath? = nil, environment: [String: String?] = [:],
    input: FileDescriptor? = nil, standardOutput: FileDescriptor? = nil,
    limit: Duration = .seconds(600)
  ) throws {
    (output, errors) = (try UnnamedFile(), try UnnamedFile())
    self.words = words
    self.limit = limit
    life = try ChildLife(
      Spawn(
        words: words, folder: folder, environment: environment, input: input,
        output: standardOutput ?? output.file, errors: errors.file))
  }

  deinit { life.kill() }

  /// Whether it has not ended yet.
  public var isRunning: Bool { life.status == nil }

  /// Its number, for those who look at it from outside.
  public var identifier: Int32 { life.process }

  /// All that it wrote so far, its output before its errors.
  public var written: String { text }

  /// Sends `signal` to the process, unless it has ended.
  public func send(_ signal: Int32) { life.send(signal) }

  /// Waits for the end without blocking the caller's thread.
  public func outcome() async throws -> Outcome {
    try await OwnThread.run { _ in try self.wait() }
  }

  /// Blocks until the end.
  public func wait() throws -> Outcome {
    guard let status = life.waits(until: .now + limit) else {
      life.kill()
      _ = life.waits(until: nil)
      throw Failure(
        description: "\(title) did not end within \(limit) and was killed; it wrote:\n\(text)")
    }
    return Outcome(status: status, bytes: try output.bytes(), errors: try errors.text())
  }

  /// Runs a program to its end and returns what it wrote; any status but 0 is a ``Failure``.
  @discardableResult
  public static func run(_ words: [String], in folder: FilePath? = nil) throws -> Outcome {
    let child = try ChildProcess(words, in: folder)
    let outcome = try child.wait()
    guard outcome.status == 0 else {
      throw Failure(
        description: "\(child.title) ended with \(outcome.status); it wrote:\n\(child.text)")
    }
    return outcome
  }

  private var title: String { "`\(words.joined(separator: " ").prefix(400))`" }

  private var text: String { [output, errors].map { (try? $0.text()) ?? "" }.joined() }
}

/// A file without a name, gone with its last reference.
private final class UnnamedFile: Sendable {
  let file: FileDescriptor

  init() throws {
    let name = "keyreel-output-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let path = FilePath("/tmp").appending(name)
    file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    try TestFile.remove(path)
  }

  deinit { try? file.close() }

  /// All that was written so far, whoever did; the place where the next writes go is left alone.
  func bytes() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try piece.withUnsafeMutableBytes({
      try file.read(fromAbsoluteOffset: Int64(bytes.count), into: $0)
    }), count > 0 {
      bytes += piece[..<count]
    }
    return bytes
  }

  func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }
}
