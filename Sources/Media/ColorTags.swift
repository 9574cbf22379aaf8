internal import CFFmpeg

/// What a container says of a stream's colours, which players believe where the stream itself is silent.
public struct ColorTags: Hashable, Sendable {
  /// What is not BT.709 limited, in libav's words; `nil` when all is, or nothing is said.
  public let deviation: String?

  /// Nothing is said.
  static let none = ColorTags(deviation: nil)

  private init(deviation: String?) { self.deviation = deviation }

  init(_ parameters: AVCodecParameters) {
    if parameters.color_range == AVCOL_RANGE_JPEG {
      deviation = "its samples use the full range"
      return
    }
    let isMatrix = [AVCOL_SPC_BT709, AVCOL_SPC_UNSPECIFIED].contains(parameters.color_space)
    let arePrimaries = [AVCOL_PRI_BT709, AVCOL_PRI_UNSPECIFIED].contains(parameters.color_primaries)
    // All BT.709's curve under other names, as in a sequence parameter set.
    let isCurve = [
      AVCOL_TRC_BT709, AVCOL_TRC_UNSPECIFIED, AVCOL_TRC_SMPTE170M, AVCOL_TRC_BT2020_10,
      AVCOL_TRC_BT2020_12,
    ].contains(parameters.color_trc)
    if isMatrix && arePrimaries && isCurve {
      deviation = nil
      return
    }
    let names = [
      av_color_space_name(parameters.color_space),
      av_color_primaries_name(parameters.color_primaries),
      av_color_transfer_name(parameters.color_trc),
    ].compactMap { $0.map { String(cString: $0) } }
    deviation = "its colours are tagged \(names.joined(separator: "/"))"
  }
}
