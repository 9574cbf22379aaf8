/// A model's own error: what its result answers with instead of an output.
public struct ModelError: Error, Hashable, Sendable {
  /// The HTTP status of the result.
  public var statusCode: Int
  /// What went wrong.
  public var detail: ErrorDetail

  private init(_ statusCode: Int, _ detail: ErrorDetail) {
    self.statusCode = statusCode
    self.detail = detail
  }

  /// The result's body.
  public var body: ErrorBody { .details([detail]) }

  /// A picture that was fetched cannot be read.
  public static func imageLoad(field: String, input: String) -> ModelError {
    about(
      "image_load_error", "Failed to load the image. Make sure that the file is a valid image.",
      field, input)
  }

  /// A picture cannot be fetched.
  public static func fileDownload(field: String, input: String) -> ModelError {
    about(
      "file_download_error", "Failed to download the file. Make sure that it can be reached.",
      field, input)
  }

  /// A file has more bytes than are taken.
  public static func fileTooLarge(field: String, maximumBytes: Int, input: String) -> ModelError {
    about(
      "file_too_large", "The file is too large: at most \(maximumBytes) bytes are taken.", field,
      input, ["max_size": .integer(maximumBytes)])
  }

  /// A picture has too few pixels.
  public static func imageTooSmall(
    field: String, minimumWidth: Int, minimumHeight: Int, input: String
  ) -> ModelError {
    about(
      "image_too_small",
      "The image is too small: at least \(minimumWidth)x\(minimumHeight) pixels are needed.",
      field, input,
      ["min_height": .integer(minimumHeight), "min_width": .integer(minimumWidth)])
  }

  /// A picture has too many pixels.
  public static func imageTooLarge(
    field: String, maximumWidth: Int, maximumHeight: Int, input: String
  ) -> ModelError {
    about(
      "image_too_large",
      "The image is too large: at most \(maximumWidth)x\(maximumHeight) pixels are taken.", field,
      input, ["max_height": .integer(maximumHeight), "max_width": .integer(maximumWidth)])
  }

  /// A picture has a format that is not taken.
  public static func unsupportedImageFormat(
    field: String, supported: [String], input: String
  ) -> ModelError {
    about(
      "unsupported_image_format",
      "The image has a format that is not supported; these are: "
        + supported.joined(separator: ", ") + ".", field, input,
      ["supported_formats": .array(supported.map(JSONValue.string))])
  }

  /// The content is refused.
  public static func contentPolicyViolation(field: String, input: String) -> ModelError {
    about(
      "content_policy_violation",
      "The content could not be processed because it was flagged by a content checker.", field,
      input)
  }

  /// The model came to no output.
  public static let noMediaGenerated = ModelError(
    422, ErrorDetail("no_media_generated", "No media was generated.", at: [.key("body")]))

  /// The model failed.
  public static let internalServerError = ModelError(
    500, ErrorDetail("internal_server_error", "Internal server error", at: [.key("body")]))

  /// The model took too long.
  public static let generationTimeout = ModelError(
    504, ErrorDetail("generation_timeout", "The generation took too long.", at: [.key("body")]))

  /// What the model depends on refused the request.
  public static let downstreamServiceError = ModelError(
    400, ErrorDetail("downstream_service_error", "Downstream service error", at: [.key("body")]))

  /// What the model depends on is not there.
  public static let downstreamServiceUnavailable = ModelError(
    500,
    ErrorDetail(
      "downstream_service_unavailable", "Downstream service unavailable", at: [.key("body")]))

  private static func about(
    _ type: String, _ message: String, _ field: String, _ input: String,
    _ context: JSONValue? = nil
  ) -> ModelError {
    ModelError(
      422,
      ErrorDetail(type, message, field: field, context: context, input: Echo.of(.string(input))))
  }
}
