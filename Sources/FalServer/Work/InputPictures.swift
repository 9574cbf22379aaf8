internal import FalProtocol
internal import FalQueue
internal import HTTP
internal import HTTPTypes
internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Brings the two pictures of an input onto the disk, wherever they are.
struct InputPictures: Sendable {
  /// A picture on the disk.
  struct File: Sendable {
    let path: FilePath
    let origin: Origin

    enum Origin: Sendable {
      /// A file of this server, which stays.
      case own
      /// Fetched for this use alone.
      case fetched
      /// It came inside the request; its digest.
      case decoded(Digest)
    }
  }

  /// The largest picture that is loaded, in bytes.
  static let sizeLimit = 50 << 20

  let queue: JobQueue
  let client: HTTPClient
  private let decoded = DecodedPictures()

  init(queue: JobQueue, client: HTTPClient) {
    self.queue = queue
    self.client = client
  }

  /// Loads both for a job of the key `owner`; throws a ``Refusal`` that names the field of the one that
  /// cannot be had, and leaves nothing behind then.
  func load(
    _ input: ValidatedInput, _ form: InputForm, owner: String
  ) async throws -> (first: File, last: File) {
    let names = form.profile.pictures
    let first = try await load(input.firstPicture, field: names.first, owner)
    do {
      return (first, try await load(input.lastPicture, field: names.last, owner))
    } catch {
      release(first)
      throw error
    }
  }

  /// Ends the use of a file that was loaded.
  func release(_ file: File) {
    switch file.origin {
    case .own: break
    case .fetched: unlink(file.path.string)
    case .decoded(let digest): decoded.release(digest)
    }
  }

  /// What the model answers when a picture is of no use.
  static func refusal(
    _ type: String, _ message: String, field: String, context: JSONValue? = nil
  ) -> Refusal {
    Refusal(
      .unprocessableContent,
      .details([ErrorDetail(type, message, field: field, context: context)]))
  }

  private func load(_ text: String, field: String, _ owner: String) async throws -> File {
    if DataURI.isOne(text) { return try await decode(text, field) }
    if let address = OwnFileAddress(text) {
      if let path = try await ownFile(address, field, owner) {
        return File(path: path, origin: .own)
      }
      guard !address.isSurelyOurs else {
        throw Self.refusal(
          "file_download_error", "This server has no such file, or it has expired", field: field)
      }
    }
    return try await fetch(text, field)
  }

  // MARK: Files of this server

  private func ownFile(
    _ address: OwnFileAddress, _ field: String, _ owner: String
  ) async throws -> FilePath? {
    guard let file = try await queue.file(address.id), file.name == address.name,
      file.access == .open || file.owner == owner
    else { return nil }
    guard file.size <= Self.sizeLimit else { throw Self.tooLarge(field) }
    return file.path
  }

  // MARK: Data URIs

  private func decode(_ text: String, _ field: String) async throws -> File {
    // Four characters are three bytes, or one byte is three characters.
    guard text.utf8.count <= Self.sizeLimit * 3 + 1024 else { throw Self.tooLarge(field) }
    let digest = Digest.of(text)
    if let path = decoded.take(digest) { return File(path: path, origin: .decoded(digest)) }
    let path = queue.stagePath(ending: "picture")
    do {
      try await OwnThread.run { _ in
        let data = try DataURI(text)
        guard data.bytes.count <= Self.sizeLimit else { throw Self.tooLarge(field) }
        try Self.write(data.bytes, to: path)
      }
    } catch let mistake as DataURI.Mistake {
      throw Self.refusal("image_load_error", Self.words(mistake), field: field)
    }
    return File(path: decoded.keep(path, digest), origin: .decoded(digest))
  }

  private static func write(_ bytes: [UInt8], to path: FilePath) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch let error as Errno {
      unlink(path.string)
      throw OperationError(
        error == .noSpace || error == .diskQuotaExceeded ? .diskFull : .inputOutput,
        "\(path) cannot be written: \(error)", remedy: "free some space", underlying: error)
    }
  }

  private static func words(_ mistake: DataURI.Mistake) -> String {
    switch mistake {
    case .noData: "The data URI has no comma in front of its data"
    case .notBase64: "The data URI is not base64"
    case .badEscape: "The data URI has a `%` without two hexadecimal digits"
    }
  }

  // MARK: Pictures elsewhere

  private func fetch(_ url: String, _ field: String) async throws -> File {
    let path = queue.stagePath(ending: "picture")
    do {
      _ = try await client.download(url, to: path, maximumBytes: Self.sizeLimit)
      return File(path: path, origin: .fetched)
    } catch let error as OperationError {
      switch error.code {
      case .tooLarge: throw Self.tooLarge(field)
      // The server's own troubles are no fault of the picture.
      case .diskFull, .interrupted: throw error
      default: throw Self.refusal("file_download_error", error.message, field: field)
      }
    }
  }

  private static func tooLarge(_ field: String) -> Refusal {
    refusal(
      "file_too_large", "The file is larger than \(sizeLimit >> 20) MiB", field: field,
      context: ["max_size": .integer(sizeLimit)])
  }
}
