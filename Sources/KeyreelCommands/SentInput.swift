internal import FalBackend
internal import FalProtocol
internal import FoundationEssentials
internal import HTTP
internal import KeyreelCore

/// Inputs as they were sent, with pictures named by their bytes: uploads of one picture at two addresses
/// are the same picture.
actor SentInput {
  private let session: HTTPSession
  private let fields: [String: [String]]
  private var known: [String: String] = [:]

  /// More than any keyframe has.
  private static let largestPicture = 64 << 20

  /// Reads inputs for the models of `profiles`; pictures behind addresses are fetched without the key.
  init(_ profiles: [ModelProfile], session: HTTPSession) {
    self.session = session
    fields = Dictionary(
      profiles.map { ($0.id, [$0.pictures.first, $0.pictures.last]) }, uniquingKeysWith: { $1 })
  }

  /// The settings of `input` without its pictures; `nil` when it is no JSON object.
  nonisolated func settings(of input: String, endpoint: String) -> String? {
    guard let object = Self.object(input) else { return nil }
    let pictures = fields[endpoint] ?? []
    let rest = JSONObject(
      object.members.filter { !pictures.contains($0.key) }.map { ($0.key, $0.value) })
    return CanonicalInput(JSONValue.object(rest).text)?.text
  }

  /// `input` with a digest in the place of each picture; `nil` when it cannot be read.
  ///
  /// An address that nothing is at any more stands for itself.
  func naming(_ input: String, endpoint: String) async -> String? {
    guard var object = Self.object(input) else { return nil }
    for field in fields[endpoint] ?? [] {
      guard let address = object[field]?.stringValue else { continue }
      object[field] = .string(await name(address))
    }
    return JSONValue.object(object).text
  }

  private static func object(_ input: String) -> JSONObject? {
    (try? JSONValue(parsing: Array(input.utf8)))?.objectValue
  }

  private func name(_ address: String) async -> String {
    if let name = known[address] { return name }
    let bytes = address.hasPrefix("data:") ? Self.inlined(address) : await fetched(address)
    guard let bytes else { return address }
    let name = "sha256:\(Digest.of(bytes).hex)"
    known[address] = name
    return name
  }

  private static func inlined(_ address: String) -> [UInt8]? {
    guard let mark = address.firstRange(of: ";base64,"),
      let data = Data(base64Encoded: String(address[mark.upperBound...]))
    else { return nil }
    return Array(data)
  }

  private func fetched(_ address: String) async -> [UInt8]? {
    let call = HTTPCall(.get, address, maximumBytes: Self.largestPicture)
    guard let answer = try? await session.send(call), answer.isSuccess else { return nil }
    return answer.body
  }
}
