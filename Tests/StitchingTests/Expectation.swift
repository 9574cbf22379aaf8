import KeyreelCore

/// What a film must look like, worked out the slow way: whole lists of pictures, joined one by one.
struct Expectation {
  /// A picture as the levels of its blocks.
  typealias Picture = [Double]

  static let black = Picture(repeating: 16, count: Mark.blocks)

  private(set) var film: [Picture] = []
  /// Where each piece's first own picture stands.
  private(set) var starts: [Int] = []

  /// `pictures` are all pictures of each piece, the one that will be dropped too.
  init(_ assembly: Assembly, _ pictures: [[Picture]]) {
    for (piece, own) in zip(assembly.pieces, pictures) {
      let shown = piece.dropsLast ? Array(own.dropLast()) : own
      let strip =
        Array(repeating: own[0], count: piece.holdBefore) + shown
        + Array(repeating: own[own.count - 1], count: piece.holdAfter)
      join(strip, piece.crossfade)
      starts.append(film.count - strip.count + piece.holdBefore)
    }
    let fades = (min(assembly.fadeIn, film.count), min(assembly.fadeOut, film.count))
    for index in 0..<fades.0 { dim(index, Double(index) / Double(fades.0)) }
    for index in 0..<fades.1 { dim(film.count - 1 - index, Double(index) / Double(fades.1)) }
  }

  private mutating func join(_ strip: [Picture], _ crossfade: Assembly.Crossfade?) {
    guard let crossfade, crossfade.frames > 0, !film.isEmpty else {
      film += strip
      return
    }
    let count = crossfade.frames
    let cut = film.count
    let isOverlap = crossfade.handles == .overlap
    let first = isOverlap ? cut - count : cut - count / 2
    let old = film
    film = isOverlap ? Array(old[..<first]) + strip : old + strip
    let start = film.count - strip.count
    for place in first..<first + count {
      let leaving = old[min(place, cut - 1)]
      let coming = strip[max(0, place - start)]
      let weight = Double(place - first + 1) / Double(count + 1)
      film[place] = zip(leaving, coming).map { $0 * (1 - weight) + $1 * weight }
    }
  }

  private mutating func dim(_ index: Int, _ light: Double) {
    film[index] = film[index].map { 16 + ($0 - 16) * light }
  }
}
