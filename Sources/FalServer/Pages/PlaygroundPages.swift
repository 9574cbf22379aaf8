internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// The playground: one page for people, made of the files in the folder `Playground`, which are
/// embedded into the program.
struct PlaygroundPages: Sendable {
  /// The endpoints that can be tried.
  let models: [ModelProfile]

  /// One of the page's files.
  private struct File {
    let bytes: [UInt8]
    let type: String
    /// Changes with the content, so that browsers ask instead of keeping an older program's files.
    let tag: String

    init(_ bytes: [UInt8], _ type: String) {
      self.bytes = bytes
      self.type = type
      tag = "\"\(Digest.of(bytes).hex.prefix(32))\""
    }
  }

  private static let files: [String: File] = {
    let script = "text/javascript; charset=utf-8"
    let style = "text/css; charset=utf-8"
    return [
      "/": File(PackageResources.index_html, "text/html; charset=utf-8"),
      "/playground/icon.svg": File(PackageResources.icon_svg, "image/svg+xml"),
      "/playground/base.css": File(PackageResources.base_css, style),
      "/playground/form.css": File(PackageResources.form_css, style),
      "/playground/stage.css": File(PackageResources.stage_css, style),
      "/playground/app.js": File(PackageResources.app_js, script),
      "/playground/controls.js": File(PackageResources.controls_js, script),
      "/playground/dom.js": File(PackageResources.dom_js, script),
      "/playground/history.js": File(PackageResources.history_js, script),
      "/playground/jobs.js": File(PackageResources.jobs_js, script),
      "/playground/keys.js": File(PackageResources.keys_js, script),
      "/playground/pictures.js": File(PackageResources.pictures_js, script),
      "/playground/player.js": File(PackageResources.player_js, script),
      "/playground/price.js": File(PackageResources.price_js, script),
      "/playground/recipes.js": File(PackageResources.recipes_js, script),
      "/playground/samples.js": File(PackageResources.samples_js, script),
      "/playground/schema.js": File(PackageResources.schema_js, script),
      "/playground/server.js": File(PackageResources.server_js, script),
      "/playground/stage.js": File(PackageResources.stage_js, script),
      "/playground/words.js": File(PackageResources.words_js, script),
    ]
  }()

  private static let endpoints = "/playground/endpoints.json"

  /// Whether `path` belongs to the playground.
  static func has(_ path: String) -> Bool {
    files[path] != nil || path == endpoints
  }

  /// One of the page's files, or the list of endpoints; `nil` for all other paths.
  func answer(_ call: Call) throws -> Response? {
    if call.path == Self.endpoints {
      return Answer.json(bytes: Array(list.text.utf8), headers: Self.safety)
    }
    guard let file = Self.files[call.path] else { return nil }
    var headers = Self.safety
    headers[.eTag] = file.tag
    headers[.cacheControl] = "no-cache"
    if call.headers[.ifNoneMatch] == file.tag {
      return Response(status: .notModified, headers: headers)
    }
    return Answer.bytes(file.bytes, type: file.type, headers: headers)
  }

  /// The endpoints' names, for the page's first choice.
  private var list: JSONValue {
    [
      "endpoints": .array(
        models.map { ["id": .string($0.id), "title": .string($0.title)] })
    ]
  }

  /// What a browser must hold the page to: nothing from elsewhere, nothing written into the page,
  /// no other page around it.
  private static let safety: HTTPFields = {
    var headers: HTTPFields = [
      .contentSecurityPolicy: [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "media-src 'self' blob:", "connect-src 'self'", "form-action 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
      ].joined(separator: "; "),
      .xContentTypeOptions: "nosniff",
    ]
    for (name, value) in [
      ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ] {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    return headers
  }()
}
