internal import CFFmpeg
internal import KeyreelCore

extension Packet {
  /// The picture of an IDR packet of H.264 with units behind their lengths, by itself.
  ///
  /// Damage is reported, never concealed.
  public func picture(_ configuration: AVCConfiguration) throws -> PlanarFrame {
    let decoder = try Decoder(AV_CODEC_ID_H264, header: configuration.record)
    let frame = try LibavFrame()
    var picture: PlanarFrame?
    for packet in [self, nil] {
      try decoder.decode(packet, into: frame) { picture = $0.planarFrame() }
    }
    guard let picture else {
      throw LibavError.error(avx_error_invalid_data, "decoding", file: "encoder")
    }
    return picture
  }
}
