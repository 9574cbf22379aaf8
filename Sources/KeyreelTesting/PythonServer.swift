public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A server written in Python, in a process of its own, with a certificate for 127.0.0.1.
///
/// Its program is given a folder that holds `certificate.pem` and `key.pem`, writes its ports on one
/// line, and ends when its standard input does. Needs the `openssl` and `python3` programs.
public final class PythonServer: Sendable {
  /// A folder of the server's own, with its certificate.
  public let folder: FilePath
  /// The ports that it listens on, as it wrote them; at least one.
  public let ports: [Int]
  private let scratch: ScratchFolder
  private let process: ChildProcess
  private let input: FileDescriptor

  /// The certificate to trust.
  public var certificateFile: FilePath { folder.appending("certificate.pem") }

  /// Starts `program` with `words` behind the folder as its arguments; throws when it does not start.
  public init(_ program: String, _ words: [String] = []) throws {
    scratch = try ScratchFolder()
    folder = scratch.path
    for (name, bytes) in try Self.certificate.get() {
      try TestFile.write(bytes, to: folder.appending(name))
    }
    // The server ends when its input does: with this object, or with the whole test process.
    let (toServer, input) = try ClosedOnExec.pipe()
    let (output, fromServer) = try ClosedOnExec.pipe()
    self.input = FileDescriptor(rawValue: input)
    defer { for end in [toServer, output] { close(end) } }
    do {
      defer { close(fromServer) }
      process = try ChildProcess(
        ["python3", "-c", program, folder.string] + words,
        input: FileDescriptor(rawValue: toServer),
        standardOutput: FileDescriptor(rawValue: fromServer))
    }
    ports = Self.line(from: output).split(separator: " ").compactMap { Int($0) }
    guard !ports.isEmpty else {
      throw ChildProcess.Failure(description: "python3 cannot run the server")
    }
  }

  deinit { try? input.close() }

  /// One certificate and its key for all servers of a test process.
  private static let certificate = Result {
    let scratch = try ScratchFolder()
    let names = ["certificate.pem", "key.pem"]
    let paths = names.map { scratch.path.appending($0) }
    try ChildProcess.run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
      "-out", paths[0].string, "-keyout", paths[1].string,
    ])
    return try zip(names, paths).map { ($0, try TestFile.read($1)) }
  }

  /// The first line that comes from `file`.
  private static func line(from file: Int32) -> String {
    var (text, byte) = ("", UInt8(0))
    while read(file, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return text
  }
}
