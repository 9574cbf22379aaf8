#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
public import HTTP
public import KeyreelCore
internal import Media
public import SystemPackage

/// Fetches stills from addresses into a folder, under the digests of their bytes.
public struct SourceFetcher: Sendable {
  /// The most bytes that one still may have.
  public static let maximumBytes = 256 << 20

  private let folder: FilePath
  private let client: HTTPClient

  /// Waits before the second and third try of what may work later.
  private static let pauses: [Duration] = [.milliseconds(500), .seconds(2)]

  /// A fetcher into `folder`, which is made when it is missing.
  public init(folder: FilePath, client: HTTPClient) {
    self.folder = folder
    self.client = client
  }

  /// Fetches `url` unless a file of this digest is there; returns the digest of its bytes.
  ///
  /// Without a digest the file is always fetched, and the answer is what to pin. What arrives is
  /// checked before it is kept: it must have the digest, and be a still that decodes.
  public func fetch(url: String, digest: Digest?) async throws -> Digest {
    if let digest, isKept(digest, url: url) { return digest }
    mkdir(folder.string, 0o777)
    let staged = folder.appending(".fetch-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    defer { unlink(staged.string) }
    let arrived = try await download(url, to: staged)
    guard digest == nil || digest == arrived else {
      throw OperationError(
        .verificationFailed,
        "\(url) is not the file that the pipeline names: its sha256 is \(arrived), "
          + "the pipeline says \(digest?.hex ?? "")",
        remedy: "look at what the address sends now; run `keyreel fetch --pin` to accept it")
    }
    try await OwnThread.run { _ in _ = try StillDecoder.decode(staged, name: url) }
    chmod(staged.string, 0o444)
    guard rename(staged.string, folder.appending(arrived.hex).string) == 0 else {
      throw OperationError(
        .inputOutput,
        "\(folder): the fetched file cannot be kept: \(String(cString: strerror(errno)))",
        remedy: "check the folder's rights")
    }
    return arrived
  }

  private func isKept(_ digest: Digest, url: String) -> Bool {
    (try? FileBytes.digest(folder.appending(digest.hex), name: url)) == digest
  }

  private func download(_ url: String, to staged: FilePath) async throws -> Digest {
    for pause in Self.pauses {
      do {
        return try await client.download(url, to: staged, maximumBytes: Self.maximumBytes)
      } catch let error as OperationError where error.isRetryable {
        try await Task.sleep(for: pause)
      }
    }
    return try await client.download(url, to: staged, maximumBytes: Self.maximumBytes)
  }
}
