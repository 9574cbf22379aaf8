internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird

/// Reads what a call says of the file that it brings or announces.
struct UploadLabel {
  let call: Call
  let owner: String

  /// By the body of an announcement, `{"file_name": …, "content_type": …}`.
  func announced() async throws -> FileLabel {
    let order: UploadOrder
    do {
      order = try UploadOrder(
        decoding: try await call.json(upTo: StorageLimits.message))
    } catch let error as WireError {
      throw Refusal.invalid(error.description, at: ["body"])
    }
    return try label(name: order.fileName, contentType: order.contentType)
  }

  /// By the headers of an upload.
  func sent() throws -> FileLabel {
    try label(name: call.header(FalHeader.fileName), contentType: call.headers[.contentType])
  }

  private func label(name: String?, contentType: String?) throws -> FileLabel {
    let lifecycle = try lifecycle()
    return FileLabel(
      name: name ?? Self.name(for: contentType), contentType: contentType, owner: owner,
      life: lifecycle?.expiration,
      access: lifecycle.map { FileAccess($0) } ?? .open)
  }

  /// A name for a file that was sent without one: `file.png` for `image/png`.
  private static func name(for contentType: String?) -> String {
    let parts = (contentType ?? "").lowercased().prefix { $0 != ";" && $0 != "+" && $0 != " " }
      .split(separator: "/")
    guard parts.count == 2, ["image", "video", "audio"].contains(parts[0]),
      parts[1].utf8.count <= 10, parts[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else { return "file" }
    return "file.\(parts[1] == "jpeg" ? "jpg" : String(parts[1]))"
  }

  /// fal's clients send the older name, the newer, or both with the same value.
  private func lifecycle() throws -> ObjectLifecycle? {
    for name in [FalHeader.lifecycle, FalHeader.lifecyclePreference] {
      guard let text = call.header(name) else { continue }
      guard let lifecycle = ObjectLifecycle(text) else {
        throw Refusal.invalid(
          "Input should be a JSON object with a positive `expiration_duration_seconds`",
          at: ["header", name])
      }
      return lifecycle
    }
    return nil
  }
}

extension FileAccess {
  /// The access that `initial_acl` asks for; rules for single readers are not known here, so what they
  /// would allow beyond the default stays refused.
  init(_ lifecycle: ObjectLifecycle) {
    switch lifecycle.initialACL?["default"]?.stringValue {
    case "forbid": self = .forbidden
    case "hide": self = .hidden
    default: self = .open
    }
  }
}

extension Refusal {
  /// A mistake at one place of the request.
  static func invalid(_ sentence: String, at place: [String]) -> Refusal {
    Refusal(
      .unprocessableContent,
      .details([ErrorDetail("value_error", sentence, at: place.map { .key($0) })]))
  }
}

extension Call {
  /// The whole body as JSON; an empty one is an empty object.
  func json(upTo limit: Int) async throws -> JSONValue {
    let bytes = try await wholeBody(upTo: limit)
    guard !bytes.isEmpty else { return [:] }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw Refusal(
        .unprocessableContent,
        .details([
          ErrorDetail(
            "json_invalid", "JSON decode error", at: [.key("body"), .index(error.offset)],
            context: ["error": .string(error.reason.rawValue)])
        ]))
    }
  }

  /// Refuses other methods than `names`.
  func require(anyOf names: [String]) throws {
    guard names.contains(method.rawValue) else {
      throw Refusal(
        .methodNotAllowed, .text("Method Not Allowed", type: nil),
        headers: [.allow: names.joined(separator: ", ")])
    }
  }
}
