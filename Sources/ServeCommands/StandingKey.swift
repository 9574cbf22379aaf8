internal import FalQueue
internal import FalServer
internal import KeyreelCore
internal import SystemPackage

/// The key that a server hands out by itself, so that it can be used at once; the same at every start.
struct StandingKey {
  let queue: JobQueue
  let folder: FilePath

  /// Where a key that was made is kept.
  var file: FilePath { folder.appending("key") }

  /// `id:secret`: the one wanted (`FAL_KEY`), or the one in the data folder's private file `key`.
  func credential(wanted: String?) async throws -> String {
    if let wanted { return try await take(wanted) }
    if let text = try PrivateFile.text(of: file) {
      let known = String(text.prefix { !$0.isWhitespace })
      if queue.authenticate(known) != nil { return known }
    }
    let made = try await queue.createKey(named: "standing")
    let credential = "\(made.key.id):\(made.secret)"
    try PrivateFile.write(credential, to: file)
    return credential
  }

  private func take(_ credential: String) async throws -> String {
    if queue.authenticate(credential) != nil { return credential }
    let parts = credential.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[1].utf8.count >= 16 else {
      throw OperationError(
        .unsupported, "FAL_KEY is no key that this server can take",
        remedy: "unset it, or give it the form id:secret with at least 16 characters of secret")
    }
    _ = try await queue.importKey(id: parts[0], secret: parts[1], named: "FAL_KEY")
    return credential
  }
}
