import KeyreelCore

/// The schemas of an endpoint's document.
enum OpenAPISchemas {
  static let queueStatus: JSONValue = [
    "type": "object",
    "properties": [
      "status": [
        "type": "string", "enum": .array(RequestState.allCases.map { .string($0.rawValue) }),
      ],
      "request_id": ["type": "string", "description": "The request's id."],
      "response_url": ["type": "string", "description": "Where the result will be."],
      "status_url": ["type": "string", "description": "Where the status is."],
      "cancel_url": ["type": "string", "description": "Where to cancel."],
      "queue_position": [
        "type": "integer", "minimum": 0, "nullable": true,
        "description": "Requests before this one while it waits.",
      ],
      "logs": [
        "type": "array", "nullable": true, "items": ["type": "object"],
        "description": "Log lines, where they were asked for.",
      ],
      "metrics": ["type": "object", "description": "Figures such as `inference_time`, seconds."],
      "error": ["type": "string", "description": "Why a completed request has no output."],
      "error_type": ["type": "string", "nullable": true, "description": "The error's word."],
    ],
    "required": ["status", "request_id"],
  ]

  static let file: JSONValue = [
    "type": "object", "title": "File",
    "x-fal-order-properties": ["url", "content_type", "file_name", "file_size"],
    "properties": [
      "url": ["type": "string", "description": "Where the file is."],
      "content_type": ["type": "string", "nullable": true, "description": "Its media type."],
      "file_name": ["type": "string", "nullable": true, "description": "Its name."],
      "file_size": ["type": "integer", "nullable": true, "description": "Its size in bytes."],
    ],
    "required": ["url"],
  ]

  static let cancelAnswer: JSONValue = [
    "type": "object",
    "properties": [
      "status": [
        "type": "string", "enum": .array(CancelAnswer.allCases.map { .string($0.rawValue) }),
      ],
      "success": ["type": "boolean", "description": "Whether the request was cancelled."],
    ],
  ]

  static let errorDetail: JSONValue = [
    "type": "object",
    "properties": [
      "loc": ["type": "array", "items": ["anyOf": [["type": "string"], ["type": "integer"]]]],
      "msg": ["type": "string"], "type": ["type": "string"], "url": ["type": "string"],
      "ctx": ["type": "object"],
      "input": ["description": "The faulty value.", "nullable": true],
    ],
    "required": ["loc", "msg", "type"],
  ]

  static let errorList: JSONValue = [
    "type": "object",
    "properties": [
      "detail": ["type": "array", "items": ["$ref": "#/components/schemas/ErrorDetail"]]
    ],
    "required": ["detail"],
  ]

  static let errorText: JSONValue = [
    "type": "object",
    "properties": ["detail": ["type": "string"], "error_type": ["type": "string"]],
    "required": ["detail"],
  ]

  static func output(name: String) -> JSONValue {
    [
      "type": "object", "title": .string(name + "Output"),
      "x-fal-order-properties": ["video", "seed"],
      "properties": [
        "video": [
          "allOf": [["$ref": "#/components/schemas/File"]], "description": "The video.",
        ],
        "seed": ["type": "integer", "description": "The seed that was really used."],
      ],
      "required": ["video"],
    ]
  }

  static func input(_ form: InputForm, name: String) -> JSONValue {
    [
      "type": "object", "title": .string(name + "Input"),
      "x-fal-order-properties": .array(form.fields.map { .string($0.name) }),
      "properties": .object(JSONObject(form.fields.map { ($0.name, property($0)) })),
      "required": .array(form.fields.filter(\.isRequired).map { .string($0.name) }),
    ]
  }

  private static func property(_ field: InputForm.Field) -> JSONValue {
    switch field {
    case .picture(let name, let isFirst):
      [
        "type": "string", "title": .string(title(name)),
        "description": isFirst
          ? "The picture that the video starts on: an address or a data URI."
          : "The picture that the video ends on: an address or a data URI.",
      ]
    case .parameter(let parameter): self.parameter(parameter)
    }
  }

  private static func parameter(_ parameter: ModelProfile.Parameter) -> JSONValue {
    var object = JSONObject([
      ("type", .string(parameter.kind.rawValue)), ("title", .string(title(parameter.name))),
    ])
    object["description"] = parameter.help.map(JSONValue.string)
    object["default"] = parameter.defaultValue.map(JSONValue.init)
    object["minimum"] = parameter.minimum.map { JSONValue($0) }
    object["maximum"] = parameter.maximum.map { JSONValue($0) }
    object["maxLength"] = parameter.maximumLength.map(JSONValue.integer)
    object["enum"] = parameter.options.map { .array($0.map(JSONValue.init)) }
    if parameter.isRequired != true, parameter.defaultValue == nil {
      object["nullable"] = true
      // In OpenAPI 3.0 an enumeration allows `null` only when it lists it.
      object["enum"] = parameter.options.map { .array($0.map(JSONValue.init) + [.null]) }
    }
    return .object(object)
  }

  /// `end_image_url` as `End Image Url`.
  private static func title(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: " ")
  }
}
