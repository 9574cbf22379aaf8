import KeyreelCore
public import SystemPackage

/// Where text for people or programs goes.
///
/// Writers of files and terminals swallow failures: nothing that is printed decides anything, and a
/// reader that went away (`keyreel plan | head`) is no reason to stop a run.
public protocol TextSink: Sendable {
  /// Writes `text` as it is, whole before the next text.
  func write(_ text: String)
}

extension TextSink {
  /// Writes `text` and a line end.
  public func writeLine(_ text: String) { write(text + "\n") }
}

/// Writes to an open file, terminal or pipe.
public struct DescriptorSink: TextSink {
  /// The open file; it is not closed.
  public let descriptor: FileDescriptor

  /// A sink over `descriptor`.
  public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// What a program hands on.
  public static let standardOutput = DescriptorSink(.standardOutput)
  /// What people read beside it.
  public static let standardError = DescriptorSink(.standardError)

  /// Writes `text` as it is; failures are swallowed.
  public func write(_ text: String) {
    _ = try? descriptor.writeAll(text.utf8)
  }
}
