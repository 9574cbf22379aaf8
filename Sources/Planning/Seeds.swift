import KeyreelCore

/// Seeds that nobody wrote: digests of what they stand for, cut to 31 bits.
enum Seeds {
  /// The seed of take `take` between two pictures; an edited prompt keeps its noise.
  static func derived(
    first: PictureRecipe.Origin, last: PictureRecipe.Origin, take: Int
  ) -> Int {
    bits(of: "\(name(first))\n\(name(last))\n\(take)")
  }

  /// The seed of take `take` when take 1 has the authored `seed`.
  static func variation(of seed: Int, take: Int) -> Int {
    take == 1 ? seed : bits(of: "\(seed)\n\(take)")
  }

  private static func name(_ origin: PictureRecipe.Origin) -> String {
    switch origin {
    case .still(let digest): digest.hex
    case .videoFrame(let digest, let index): "\(digest.hex)#\(index)"
    case .rendered(let key): key.description
    }
  }

  private static func bits(of text: String) -> Int {
    Digest.of(text).bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } >> 1
  }
}
