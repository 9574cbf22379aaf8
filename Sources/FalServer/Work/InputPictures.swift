internal import FalProtocol
internal import FalQueue
internal import FoundationEssentials
internal import HTTP
internal import HTTPTypes
internal import KeyreelCore
internal import SystemPackage

/// Brings the two pictures of an input onto the disk, wherever they are.
struct InputPictures: Sendable {
  /// A picture on the disk.
  struct File: Sendable {
    let path: FilePath
    /// Whether it is to be removed after use.
    let isTemporary: Bool
  }

  /// The largest picture that is loaded.
  static let sizeLimit = 50 << 20

  let queue: JobQueue
  let client: HTTPClient
  /// This server's own addresses of files, which need no fetching: `https://127.0.0.1:8470/media`.
  let ownMedia: [String]

  /// Loads both; throws a ``Refusal`` that names the field of the one that cannot be had.
  func load(_ input: ValidatedInput, _ form: InputForm) async throws -> (first: File, last: File) {
    let names = form.profile.pictures
    let first = try await load(input.firstPicture, field: names.first)
    return (first, try await load(input.lastPicture, field: names.last))
  }

  /// What the model answers when a picture is of no use.
  static func refusal(_ type: String, _ message: String, field: String) -> Refusal {
    Refusal(.unprocessableContent, .details([ErrorDetail(type, message, field: field)]))
  }

  private func load(_ text: String, field: String) async throws -> File {
    if text.hasPrefix("data:") { return try await decode(text, field) }
    if let known = try await ownFile(text) {
      return File(path: known.path, isTemporary: false)
    }
    let path = queue.stagePath(ending: "picture")
    do {
      _ = try await client.download(text, to: path, maximumBytes: Self.sizeLimit)
    } catch let error as OperationError where error.code == .tooLarge {
      throw Self.refusal("file_too_large", error.message, field: field)
    } catch let error as OperationError where error.code != .diskFull {
      throw Self.refusal("file_download_error", error.message, field: field)
    }
    return File(path: path, isTemporary: true)
  }

  /// The bytes inside `data:image/png;base64,…`.
  private func decode(_ text: String, _ field: String) async throws -> File {
    guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64"),
      let data = Data(base64Encoded: String(text[text.index(after: comma)...]))
    else {
      throw Self.refusal("image_load_error", "The data URI is not base64", field: field)
    }
    let path = queue.stagePath(ending: "picture")
    return try await OwnThread.run { _ in
      do { try data.write(to: URL(filePath: path.string), options: .withoutOverwriting) } catch {
        throw OperationError(.inputOutput, "\(path) cannot be written", underlying: error)
      }
      return File(path: path, isTemporary: true)
    }
  }

  /// A file of this very server, by any of the addresses that clients have for it.
  private func ownFile(_ url: String) async throws -> StoredFile? {
    for base in ownMedia where url.hasPrefix(base + "/") {
      guard let id = MediaPath.fileID(url.dropFirst(base.count)) else { return nil }
      return try await queue.file(id)
    }
    return nil
  }
}
