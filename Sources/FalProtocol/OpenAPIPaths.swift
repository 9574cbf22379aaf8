/// The paths of an endpoint's document, all with the full id.
struct OpenAPIPaths {
  let id: String
  let name: String

  var json: JSONValue {
    let request = "/\(id)/requests/{request_id}"
    let paths: [(String, JSONValue)] = [
      ("/\(id)", ["post": submit]), (request + "/status", ["get": status]),
      (request + "/cancel", ["put": cancel]), (request, ["get": result]),
    ]
    return .object(JSONObject(paths))
  }

  private var submit: JSONValue {
    [
      "operationId": "submit", "summary": "Put a request into the queue",
      "parameters": [
        Self.query("fal_webhook", ["type": "string"], "Whom to tell of the end."),
        Self.query(
          "fal_max_queue_length", ["type": "integer", "minimum": 0],
          "The longest queue that the caller puts up with."),
      ],
      "requestBody": ["required": true, "content": Self.content("\(name)Input")],
      "responses": .object(
        JSONObject(
          [("200", Self.answer("The request is accepted.", "QueueStatus"))]
            + Self.errors([400, 413, 415, 422, 429, 503]))),
    ]
  }

  private var status: JSONValue {
    [
      "operationId": "status", "summary": "How far a request has come",
      "parameters": [
        Self.requestID,
        Self.query("logs", ["type": "number"], "Whether log lines are wanted: 1 or 0."),
      ],
      "responses": .object(
        JSONObject(
          [
            ("200", Self.answer("The request is completed.", "QueueStatus")),
            ("202", Self.answer("The request waits or runs.", "QueueStatus")),
          ] + Self.errors([422]))),
    ]
  }

  private var cancel: JSONValue {
    [
      "operationId": "cancel", "summary": "Ask for the end of a request",
      "parameters": [Self.requestID],
      "responses": .object(
        JSONObject(
          [
            ("200", Self.answer("The request is cancelled.", "CancelAnswer")),
            ("202", Self.answer("The request was told to end.", "CancelAnswer")),
            ("400", Self.answer("The request is completed already.", "CancelAnswer")),
            ("404", Self.answer("Nobody knows the request.", "CancelAnswer")),
          ] + Self.errors([]).filter { $0.0 != "404" })),
    ]
  }

  private var result: JSONValue {
    [
      "operationId": "result", "summary": "What came of a request",
      "parameters": [Self.requestID],
      "responses": .object(
        JSONObject(
          [("200", Self.answer("The output.", "\(name)Output"))]
            + Self.errors([400, 410, 422, 499, 500, 502, 503, 504]))),
    ]
  }

  private static let requestID: JSONValue = [
    "name": "request_id", "in": "path", "required": true,
    "schema": ["type": "string"], "description": "The request's id.",
  ]

  private static func query(_ name: String, _ schema: JSONValue, _ words: String) -> JSONValue {
    [
      "name": .string(name), "in": "query", "required": false, "schema": schema,
      "description": .string(words),
    ]
  }

  private static func content(_ schema: String) -> JSONValue {
    ["application/json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]]
  }

  private static func answer(_ words: String, _ schema: String) -> JSONValue {
    ["description": .string(words), "content": content(schema)]
  }

  /// The answers that every route may give, and `codes`, in the order of codes.
  private static func errors(_ codes: [Int]) -> [(String, JSONValue)] {
    (codes + [401, 403, 404, 405, 408]).sorted().map { code in
      let words = meanings[code] ?? "The server failed."
      guard listCodes.contains(code) else {
        return (String(code), answer(words, "ErrorText"))
      }
      let either: JSONValue = [
        "application/json": [
          "schema": [
            "anyOf": [
              ["$ref": "#/components/schemas/ErrorList"],
              ["$ref": "#/components/schemas/ErrorText"],
            ]
          ]
        ]
      ]
      return (String(code), ["description": .string(words), "content": either])
    }
  }

  /// Codes under which a model's own list of mistakes comes too.
  private static let listCodes: Set<Int> = [400, 422, 500, 504]

  private static let meanings: [Int: String] = [
    400: "The request makes no sense here.", 401: "The key is missing or wrong.",
    403: "The key may not do this.", 404: "Nobody knows the endpoint or the request.",
    405: "The path has another method.", 408: "The request came too slowly.",
    410: "The result is kept no longer.", 413: "The body is too large.",
    415: "The body is not JSON.", 422: "The input breaks the model's rules.",
    429: "Too many requests, or too long a queue.", 499: "The request was cancelled.",
    500: "The model or the server failed.", 502: "A runner's answer was cut short.",
    503: "No runner is free.", 504: "A deadline has passed.",
  ]
}
