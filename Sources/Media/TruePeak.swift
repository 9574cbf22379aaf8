/// The largest sample between samples, at four times the rate.
struct TruePeak {
  /// The filter of BS.1770-4, annex 2: of each of its twelve taps all four phases.
  private static let taps: [SIMD4<Float>] = zip(first, second).enumerated().map { index, pair in
    SIMD4(pair.0, pair.1, second[11 - index], first[11 - index])
  }
  private static let first: [Float] = [
    0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875,
    0.1373291015625, 0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250,
    0.0148925781250, -0.0083007812500,
  ]
  private static let second: [Float] = [
    -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500,
    0.4650878906250, 0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625,
    0.0330810546875, -0.0189208984375,
  ]

  /// The last eleven samples, before the next ones.
  private var past = [Float](repeating: 0, count: 11)
  /// The largest absolute value so far, those of the samples themselves too.
  private(set) var largest: Float = 0

  mutating func add(_ samples: [Float]) {
    let line = past + samples
    let taps = Self.taps
    var peak = SIMD4<Float>(repeating: largest)
    line.withUnsafeBufferPointer { line in
      taps.withUnsafeBufferPointer { taps in
        for index in 0..<samples.count {
          var sum = SIMD4<Float>(repeating: 0)
          for tap in 0..<12 { sum += taps[tap] * line[index + 11 - tap] }
          peak = pointwiseMax(peak, pointwiseMax(sum, -sum))
        }
      }
    }
    largest = samples.reduce(peak.max()) { max($0, abs($1)) }
    past = Array(line.suffix(11))
  }
}
