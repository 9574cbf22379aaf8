internal import KeyreelCore

extension S3Space {
  /// Writes two small objects, each twice, to see whether the server honours conditional writes.
  ///
  /// A server that ignores conditions answers as if it had done what it was asked for and overwrites:
  /// with such a one two machines would each believe that a clip is theirs to buy.
  public func probe() throws {
    let name = "probe/\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    defer { try? remove(name) }
    guard try create(name, Array("first".utf8)) else { throw refusal("a new name is taken") }
    guard try !create(name, Array("second".utf8)) else {
      throw refusal("it ignores If-None-Match and overwrites what is there")
    }
    guard let first = try register(name), first.bytes == Array("first".utf8) else {
      throw refusal("it does not give back what was written")
    }
    guard let second = try swap(name, Array("third".utf8), expecting: first.version),
      second != first.version
    else { throw refusal("it refuses If-Match on what it has just told") }
    guard try swap(name, Array("fourth".utf8), expecting: first.version) == nil else {
      throw refusal("it ignores If-Match and overwrites what it should not")
    }
    guard try read(name) == Array("third".utf8) else {
      throw refusal("it does not give back what was written last")
    }
  }

  private func refusal(_ reason: String) -> OperationError {
    OperationError(
      .unsupported, "\(address) cannot hold a store: \(reason)",
      remedy:
        "use a server with conditional writes: Amazon S3, MinIO, SeaweedFS; `rclone serve s3` has none"
    )
  }
}
