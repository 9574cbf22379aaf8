internal import KeyreelCore
internal import Media

/// Light and colours of a ``StarterScene``; colours are sRGB, 0…255.
struct ScenePalette {
  var skyTop: SIMD3<Float>
  var skyMiddle: SIMD3<Float>
  var skyLow: SIMD3<Float>
  var sun: SIMD3<Float>
  /// Place of the sun in widths and heights of the picture.
  var sunX: Float
  var sunY: Float
  /// How far the sun's light reaches into the sky.
  var glow: Float
  var cloud: SIMD3<Float>
  var clouds: Float
  var farHill: SIMD3<Float>
  var nearHill: SIMD3<Float>
  var haze: SIMD3<Float>
  var hazeAmount: Float
  var water: SIMD3<Float>
  /// Pixels by which the nearest things have moved to the left.
  var pan: Float
}

/// A lake between hills, drawn back to front with sums and products only, so that no machine differs.
struct StarterScene {
  private let palette: ScenePalette
  private let size = PixelSize(width: 1280, height: 720)
  /// The row where the lake begins.
  private let shore = 486
  private var pixels: [UInt8] = []

  init(_ palette: ScenePalette) { self.palette = palette }

  func draw() -> RGBPicture {
    var scene = self
    scene.pixels = scene.sky().pixels
    scene.drawSun()
    for layer in 0..<5 { scene.drawHill(layer) }
    scene.drawLake()
    scene.drawPines()
    return RGBPicture(size: size, pixels: scene.pixels)
  }

  /// The sky is soft: a fifth of the size is enough, smoothed by the resampler.
  private func sky() -> RGBPicture {
    let coarse = PixelSize(width: size.width / 5, height: size.height / 5)
    let noise = ValueNoise(seed: 71)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(coarse.area * 3)
    for row in 0..<coarse.height {
      let y = Float(row) / Float(coarse.height)
      let height = min(1, y / 0.66)
      let base =
        height < 0.55
        ? mix(palette.skyTop, palette.skyMiddle, height / 0.55)
        : mix(palette.skyMiddle, palette.skyLow, (height - 0.55) / 0.45)
      for column in 0..<coarse.width {
        let x = Float(column) / Float(coarse.width)
        let light = glow(x, y)
        var color = mix(base, palette.sun, light * palette.glow)
        // Clouds are wider towards the horizon, as perspective has them.
        let far = 1 / (1.15 - min(1, y / 0.7))
        let cover = noise.fractal(x * 2.4 * far + 3 + palette.pan / 300, far * 2.6, octaves: 5)
        let cloud = step(0.50, 0.72, cover) * palette.clouds * step(0.02, 0.2, y)
        color = mix(color, mix(palette.cloud * 0.86, palette.cloud, light + cover * 0.4), cloud)
        append(color, to: &pixels)
      }
    }
    return Resampler.resample(
      RGBPicture(size: coarse, pixels: pixels), to: size, kernel: .spline)
  }

  /// Light around the sun: 1 in its middle.
  private func glow(_ x: Float, _ y: Float) -> Float {
    let (dx, dy) = ((x - palette.sunX) * 16 / 9, y - palette.sunY)
    let near = 0.05 / (0.05 + dx * dx + dy * dy)
    return near * near
  }

  private mutating func drawSun() {
    let (middleX, middleY) = (palette.sunX * 1280, palette.sunY * 720)
    let radius: Float = 27
    for y in max(0, Int(middleY - radius) - 2)..<min(shore, Int(middleY + radius) + 3) {
      for x in max(0, Int(middleX - radius) - 2)..<min(size.width, Int(middleX + radius) + 3) {
        let (dx, dy) = (Float(x) - middleX, Float(y) - middleY)
        let distance = (dx * dx + dy * dy).squareRoot()
        blend(
          mix(palette.sun, [255, 255, 255], 0.5), min(1, max(0, (radius - distance) / 2)), x, y)
      }
    }
  }

  /// Layer 0 is the farthest of 5; the nearest two carry trees.
  private mutating func drawHill(_ layer: Int) {
    let depth = Float(layer) / 4
    let noise = ValueNoise(seed: UInt32(layer) + 5)
    let move = palette.pan * (0.15 + 0.85 * depth)
    let color = mix(palette.farHill, palette.nearHill, depth)
    for x in 0..<size.width {
      let along = Float(x) + move
      var ridge =
        300 + 42 * Float(layer) - (235 - 46 * Float(layer))
        * (fractalRidge(noise, along, layer) - 0.42)
      if layer >= 3 { ridge -= trees(noise, along, tallest: layer == 4 ? 34 : 16) }
      let from = max(0, Int(ridge.rounded(.down)))
      guard from < shore else { continue }
      let light = glow(Float(x) / 1280, palette.sunY) * (1 - depth) * 0.5
      let lit = mix(color, palette.sun, light * palette.glow)
      for y in from..<shore {
        let below = (Float(y) - ridge) / 190
        let mist = min(1, max(0, below)) * palette.hazeAmount * (1.25 - depth)
        let grain = 1 + (noise.hash(x / 2, y / 2) - 0.5) * 0.10 * (0.3 + depth)
        blend(mix(lit, palette.haze, mist) * grain, min(1, Float(y) + 1 - ridge), x, y)
      }
    }
  }

  private func fractalRidge(_ noise: ValueNoise, _ along: Float, _ layer: Int) -> Float {
    noise.fractal(along / (420 - 40 * Float(layer)) + Float(layer) * 7.7, octaves: 6)
  }

  /// How far a row of conifers rises above the ground at `along`.
  private func trees(_ noise: ValueNoise, _ along: Float, tallest: Float) -> Float {
    let pace = tallest * 0.34
    let place = Int((along / pace).rounded(.down))
    var highest: Float = 0
    for tree in place - 1...place + 1 {
      let height = tallest * (0.35 + 0.65 * noise.hash(tree, 99))
      let middle = (Float(tree) + 0.5 + 0.5 * (noise.hash(tree, 98) - 0.5)) * pace
      highest = max(highest, height * (1 - abs(along - middle) / (pace * 0.8)))
    }
    return highest
  }

  /// The lake mirrors what stands above it, shaken by ripples that grow towards the viewer.
  private mutating func drawLake() {
    let noise = ValueNoise(seed: 40)
    for y in shore..<size.height {
      let near = Float(y - shore) / Float(size.height - shore)
      let mirrored = Float(shore) - 1 - Float(y - shore) * 1.25
      for x in 0..<size.width {
        let wave = noise.value(Float(x) / (30 + 90 * near), Float(y) / (2 + 7 * near)) - 0.5
        let sourceY = min(shore - 1, max(0, Int(mirrored + wave * (4 + 46 * near))))
        let sourceX = min(size.width - 1, max(0, x + Int(wave * (2 + 10 * near))))
        let mirror = color(sourceX, sourceY)
        var seen = mix(mirror * 0.92, palette.water, 0.18 + 0.30 * near)
        let path = 1 - min(1, abs(Float(x) / 1280 - palette.sunX) / (0.03 + 0.07 * near))
        seen = mix(seen, palette.sun, path * step(0.08, 0.34, wave) * 0.75 * palette.glow)
        blend(seen, 1, x, y)
      }
    }
    for x in 0..<size.width {
      blend(mix(palette.haze, palette.water, 0.4), 0.5, x, shore)
    }
  }

  /// Dark pines at both sides frame the view.
  private mutating func drawPines() {
    let noise = ValueNoise(seed: 12)
    for tree in 0..<18 {
      let isLeft = tree % 2 == 0
      let spread = noise.hash(tree, 1) * 0.20
      let middle = (isLeft ? spread - 0.02 : 1.06 - spread) * 1280 - palette.pan * 1.4
      let height = 130 + 190 * noise.hash(tree, 2) * (1 - spread * 2.5)
      drawPine(middle, bottom: 716 + 26 * noise.hash(tree, 3), height, noise)
    }
  }

  private mutating func drawPine(
    _ middle: Float, bottom: Float, _ height: Float, _ noise: ValueNoise
  ) {
    let top = Int(bottom - height)
    for y in max(0, top)..<min(size.height, Int(bottom)) {
      let down = Float(y - top) / height
      // Ten rows of branches: wide at each row's lower end.
      let row = down * 10 - (down * 10).rounded(.down)
      let ragged = 0.8 + 0.4 * noise.hash(y / 2, Int(middle))
      let half = max(1.2, height * 0.17 * down * (0.55 + 0.45 * row) * ragged)
      for x in columns(from: middle - half - 1, to: middle + half + 2) {
        let cover = min(1, max(0, half - abs(Float(x) - middle) + 0.5))
        blend(palette.nearHill * (0.42 + 0.16 * noise.hash(x, y)), cover, x, y)
      }
    }
  }

  /// The picture's columns in a range that may lie outside of it.
  private func columns(from: Float, to: Float) -> Range<Int> {
    let start = min(size.width, max(0, Int(from)))
    return start..<max(start, min(size.width, Int(to)))
  }

  private func color(_ x: Int, _ y: Int) -> SIMD3<Float> {
    let place = 3 * (y * size.width + x)
    return [Float(pixels[place]), Float(pixels[place + 1]), Float(pixels[place + 2])]
  }

  private mutating func blend(_ color: SIMD3<Float>, _ amount: Float, _ x: Int, _ y: Int) {
    let place = 3 * (y * size.width + x)
    put(place, color.x, amount)
    put(place + 1, color.y, amount)
    put(place + 2, color.z, amount)
  }

  private mutating func put(_ place: Int, _ value: Float, _ amount: Float) {
    let below = Float(pixels[place])
    pixels[place] = UInt8(min(255, max(0, below + (value - below) * amount + 0.5)))
  }

  private func append(_ color: SIMD3<Float>, to pixels: inout [UInt8]) {
    for channel in 0..<3 { pixels.append(UInt8(min(255, max(0, color[channel] + 0.5)))) }
  }

  private func mix(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ t: Float) -> SIMD3<Float> {
    a + (b - a) * min(1, max(0, t))
  }

  private func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
}
