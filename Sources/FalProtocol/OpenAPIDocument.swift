public import KeyreelCore

/// The OpenAPI 3.0.4 document of one endpoint, made from its profile.
public struct OpenAPIDocument: Sendable {
  /// The endpoint's profile.
  public let profile: ModelProfile
  /// The address of the queue, `https://queue.fal.run`.
  public let server: String
  /// Where people try the endpoint, if anywhere.
  public var playgroundURL: String?

  /// The document of `profile`'s endpoint at `server` (no slash at the end).
  public init(_ profile: ModelProfile, server: String, playgroundURL: String? = nil) {
    self.profile = profile
    self.server = server
    self.playgroundURL = playgroundURL
  }

  /// The document.
  public var json: JSONValue {
    [
      "openapi": "3.0.4",
      "info": info,
      "components": [
        "securitySchemes": [
          "apiKeyAuth": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Key` and a key: `Key id:secret`.",
          ]
        ],
        "schemas": .object(
          JSONObject([
            ("QueueStatus", OpenAPISchemas.queueStatus),
            (name + "Input", OpenAPISchemas.input(form, name: name)),
            (name + "Output", OpenAPISchemas.output(name: name)),
            ("File", OpenAPISchemas.file),
            ("CancelAnswer", OpenAPISchemas.cancelAnswer),
            ("ErrorDetail", OpenAPISchemas.errorDetail),
            ("ErrorList", OpenAPISchemas.errorList),
            ("ErrorText", OpenAPISchemas.errorText),
          ])),
      ],
      "paths": OpenAPIPaths(id: profile.id, name: name).json,
      "servers": [["url": .string(server)]],
      "security": [["apiKeyAuth": []]],
    ]
  }

  /// The name of the endpoint in its schemas: `FalAiFramepackFlf2v`.
  public var name: String {
    profile.id.split { !$0.isLetter && !$0.isNumber }
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private var form: InputForm { InputForm(profile) }

  private var info: JSONValue {
    var metadata = JSONObject([
      ("endpointId", .string(profile.id)), ("category", "image-to-video"),
      ("documentationUrl", .string("https://fal.ai/models/\(profile.id)/api")),
    ])
    metadata["playgroundUrl"] = playgroundURL.map(JSONValue.string)
    return [
      "title": .string("Queue OpenAPI for \(profile.id)"),
      "version": "1.0.0",
      "description": .string(profile.title + "."),
      "x-fal-metadata": .object(metadata),
      "x-keyreel-price": price,
    ]
  }

  private var price: JSONValue {
    let rule = profile.price
    return [
      "amount": rule.amount.map { JSONValue($0) } ?? .null,
      "unit": .string(rule.unit.wireName),
      "currency": .string(rule.currency),
      "multipliers": .array(
        rule.multipliers.map { multiplier in
          [
            "when": .object(
              JSONObject(
                multiplier.when.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
            "above_frames": multiplier.aboveFrames.map(JSONValue.integer) ?? .null,
            "factor": JSONValue(multiplier.factor),
          ]
        }),
      "frames": [
        "parameter": .string(profile.length.parameter),
        "frame_rate": profile.length.frameRate.map { .string($0.description) } ?? .null,
        "frame_rate_parameter": profile.length.frameRateParameter.map(JSONValue.string) ?? .null,
      ],
    ]
  }
}
