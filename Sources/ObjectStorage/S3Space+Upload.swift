internal import HTTP
public import KeyreelCore
public import SystemPackage

/// Files of any size: in one request, or in parts that become one object in one step.
extension S3Space {
  /// Writes the file `path`, whose bytes have `digest`, unless the object is there; tells whether it did.
  public func upload(
    _ path: FilePath, digest: Digest, byteCount: Int, as name: String
  ) throws -> Bool {
    let file = try PartFile(path)
    guard byteCount > partSize else {
      let bytes = try file.bytes(from: 0, count: byteCount)
      guard Digest.of(bytes) == digest else { throw Self.changed(path) }
      return try create(name, bytes)
    }
    // A server that fell over may have forgotten an upload that it had begun.
    for _ in 0..<Self.mostTries {
      do {
        return try uploadParts(of: file, digest: digest, byteCount: byteCount, as: name)
      } catch is ForgottenUpload { continue }
    }
    throw OperationError(
      .network, "\(address) forgets the uploads that it begins", remedy: "try again later",
      isRetryable: true)
  }

  /// An upload that the server does not know any more.
  private struct ForgottenUpload: Error {}

  private static let mostTries = 4

  private func uploadParts(
    of file: PartFile, digest: Digest, byteCount: Int, as name: String
  ) throws -> Bool {
    let mark = Self.newMark()
    let upload = try begin(name, digest, mark)
    do {
      var hasher = DigestHasher()
      var tags: [String] = []
      for start in stride(from: 0, to: byteCount, by: partSize) {
        let part = try file.bytes(from: start, count: min(partSize, byteCount - start))
        hasher.update(part)
        tags.append(try send(part, number: tags.count + 1, of: upload, name))
      }
      guard hasher.finalize() == digest else { throw Self.changed(file.path) }
      return try complete(upload, tags, name, mark)
    } catch {
      // Parts of an upload that nobody ends cost money until the bucket's rules remove them.
      _ = try? client.send(
        .init(method: .delete, key: prefix + name, query: [("uploadId", Self.encoded(upload))]))
      throw error
    }
  }

  private static func changed(_ path: FilePath) -> OperationError {
    OperationError(
      .corrupt, "\(path) changed after it was inspected", remedy: "run again; nothing was kept")
  }

  private func begin(_ name: String, _ digest: Digest, _ mark: String) throws -> String {
    let request = S3Client.Request(
      method: .post, key: prefix + name, query: [("uploads", "")],
      headers: [("x-amz-meta-sha256", digest.hex), (Self.markHeader, mark)])
    let answer = try client.send(request).answer
    guard answer.isSuccess, let upload = S3Text(answer.body).first("UploadId") else {
      throw client.failure(answer, request)
    }
    return upload
  }

  /// Sends one part and returns the tag that the server gives it; the signature covers its SHA-256.
  private func send(
    _ part: [UInt8], number: Int, of upload: String, _ name: String
  ) throws -> String {
    let request = S3Client.Request(
      method: .put, key: prefix + name,
      query: [("partNumber", "\(number)"), ("uploadId", Self.encoded(upload))], body: part)
    let answer = try client.send(request).answer
    guard !Self.isMissing(answer) else { throw ForgottenUpload() }
    guard answer.isSuccess, let tag = answer.header("etag") else {
      throw client.failure(answer, request)
    }
    return tag
  }

  /// Makes the parts one object unless it is there already; tells whether it did.
  private func complete(
    _ upload: String, _ tags: [String], _ name: String, _ mark: String
  ) throws -> Bool {
    let parts = tags.enumerated().map { number, tag in
      "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(tag.replacing("\"", with: "&quot;"))</ETag></Part>"
    }
    let text = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
    let request = S3Client.Request(
      method: .post, key: prefix + name, query: [("uploadId", Self.encoded(upload))],
      headers: [("if-none-match", "*")], body: Array(text.utf8))
    let reply = try client.send(request)
    // Amazon may begin a success and end it with an error in the text.
    if reply.answer.isSuccess, S3Text(reply.answer.body).first("Code") == nil { return true }
    // After a lost answer the upload is unknown, because it has become the object: then the mark is ours.
    if reply.answer.status == 412 || reply.isRepeated, let found = try self.mark(of: name) {
      return found == mark
    }
    guard !Self.isMissing(reply.answer) else { throw ForgottenUpload() }
    throw client.failure(reply.answer, request)
  }

  /// The mark of the upload that became the object `name`; empty when it has none, `nil` when it is not there.
  private func mark(of name: String) throws -> String? {
    let request = S3Client.Request(method: .head, key: prefix + name)
    let answer = try client.send(request).answer
    if answer.status == 404 { return nil }
    guard answer.isSuccess else { throw client.failure(answer, request) }
    return answer.header(Self.markHeader) ?? ""
  }
}

/// A file that is read piece by piece.
final class PartFile {
  let path: FilePath
  private let file: FileDescriptor

  init(_ path: FilePath) throws {
    self.path = path
    do {
      file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
    } catch {
      throw OperationError(.inputOutput, "cannot read \(path): \(error)", underlying: error)
    }
  }

  deinit { try? file.close() }

  /// Exactly `count` bytes from the 0-based `start` on.
  func bytes(from start: Int, count: Int) throws -> [UInt8] {
    var done = 0
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while done < count {
        let rest = UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[done...]))
        let got = try file.read(fromAbsoluteOffset: Int64(start + done), into: rest)
        if got == 0 { break }
        done += got
      }
      initialized = done
    }
    guard done == count else {
      throw OperationError(
        .corrupt, "\(path) is shorter than it was", remedy: "run again; nothing was kept")
    }
    return bytes
  }
}
