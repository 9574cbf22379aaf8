/// The digest of a ``Recipe``: the name of a clip in the store.
public struct RecipeKey: Hashable, Sendable, Codable, CustomStringConvertible {
  /// SHA-256 of the recipe's canonical JSON.
  public let digest: Digest

  /// A key from its digest.
  public init(_ digest: Digest) { self.digest = digest }

  /// Reads the hexadecimal form.
  public init(from decoder: any Decoder) throws { digest = try Digest(from: decoder) }

  /// Writes the hexadecimal form.
  public func encode(to encoder: any Encoder) throws { try digest.encode(to: encoder) }

  /// The hexadecimal form.
  public var description: String { digest.hex }
}

/// Who makes clips, with its origin: `animatic@1`, `fal@queue.fal.run`.
public struct BackendIdentity: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The kind of backend: `animatic`, `fal`.
  public var kind: String
  /// Its version or origin, with its options: `1`, `1+quirks`, `queue.fal.run`.
  public var origin: String

  /// A backend of `kind` at `origin`.
  public init(kind: String, origin: String) {
    self.kind = kind
    self.origin = origin
  }

  /// Whether its clips cost money: a remote maker's do, unless it stands in for it on this machine.
  public var isPaid: Bool { isPriced && !isLoopback }

  /// Whether its clips have prices, which plans show and budgets hold; a rehearsal's are only shown.
  public var isPriced: Bool { kind == "fal" }

  /// Whether it stands in on this machine for a maker that is paid.
  public var isRehearsal: Bool { isPriced && isLoopback }

  /// Whether the origin is a host of 127.0.0.0/8, `localhost` or `[::1]`, with or without a port.
  private var isLoopback: Bool {
    let authority = origin.prefix { $0 != "/" }
    if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let host = parts.first else { return false }
    if host == "localhost" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.allSatisfy { $0 != nil } && numbers[0] == 127
  }

  /// `kind@origin`.
  public var description: String { "\(kind)@\(origin)" }
}

/// A picture as a model gets it: where its pixels come from and how they are fitted.
public struct PictureRecipe: Hashable, Sendable, Codable {
  /// The version of the fitting code; raised only when fitted pixels change visibly.
  public static let fitterVersion = 1

  /// Where the pixels come from.
  public enum Origin: Hashable, Sendable, Codable {
    /// A still, by the digest of its file's bytes.
    case still(Digest)
    /// A frame of a video, by the digest of the file's bytes and the frame's index.
    case videoFrame(Digest, index: Int)
    /// The last frame of the clip with this key.
    case rendered(RecipeKey)
  }

  /// Where the pixels come from.
  public var origin: Origin
  /// How they fill the canvas.
  public var fit: Fit
  /// What a crop keeps.
  public var focus: Focus
  /// The size they are fitted to.
  public var canvas: PixelSize

  /// A picture from `origin`, fitted to `canvas`.
  public init(origin: Origin, fit: Fit, focus: Focus, canvas: PixelSize) {
    self.origin = origin
    self.fit = fit
    self.focus = focus
    self.canvas = canvas
  }

  /// Writes the picture as canonical JSON.
  public func write(to text: inout JSONText) {
    text.object { text in
      switch origin {
      case .still(let digest):
        text.key("still")
        text.value(digest.hex)
      case .videoFrame(let digest, let index):
        text.key("video")
        text.value(digest.hex)
        text.key("frame")
        text.value(index)
      case .rendered(let key):
        text.key("rendered")
        text.value(key.description)
      }
      text.key("fit")
      text.value(fit.rawValue)
      text.key("focus")
      text.array {
        $0.value(focus.x)
        $0.value(focus.y)
      }
      text.key("canvas")
      text.value(canvas.description)
      text.key("fitter")
      text.value(Self.fitterVersion)
    }
  }
}

/// All that decides what one clip shows; names, order, paths and prices stay out.
public struct Recipe: Hashable, Sendable, Codable {
  /// Who makes it.
  public var backend: BackendIdentity
  /// The endpoint's id.
  public var model: String
  /// The fully defaulted request, seed included.
  public var request: ModelRequest
  /// The picture it starts on.
  public var first: PictureRecipe
  /// The picture it ends on.
  public var last: PictureRecipe
  /// Planned frames.
  public var frames: Int
  /// Frames per second.
  public var frameRate: FrameRate

  /// A recipe of these parts.
  public init(
    backend: BackendIdentity, model: String, request: ModelRequest, first: PictureRecipe,
    last: PictureRecipe, frames: Int, frameRate: FrameRate
  ) {
    self.backend = backend
    self.model = model
    self.request = request
    self.first = first
    self.last = last
    self.frames = frames
    self.frameRate = frameRate
  }

  /// The canonical text that the key is taken over; printable, and the same on every machine.
  public var canonicalText: JSONText {
    var text = JSONText()
    text.object { text in
      text.key("recipe")
      text.value(1)
      text.key("backend")
      text.value(backend.description)
      text.key("model")
      text.value(model)
      text.key("request")
      ModelRequest(request.fields.sorted { $0.name < $1.name }).write(to: &text)
      text.key("first")
      first.write(to: &text)
      text.key("last")
      last.write(to: &text)
      text.key("frames")
      text.value(frames)
      text.key("frame_rate")
      text.value(frameRate.description)
    }
    return text
  }

  /// The clip's name in the store.
  public var key: RecipeKey { RecipeKey(Digest.of(canonicalText.bytes)) }
}
