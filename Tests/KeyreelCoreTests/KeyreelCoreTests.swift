import Foundation
import KeyreelCore
import KeyreelTesting
import Testing

@Suite struct MoneyTests {
  @Test("Amounts are read and written without losing a billionth")
  func decimals() {
    for (text, nanos) in [
      ("5", 5_000_000_000), ("0.0333", 33_300_000), ("-1.25", -1_250_000_000),
      ("0.000000001", 1), ("9223372036.854775807", Int64.max),
    ] as [(String, Int64)] {
      #expect(Money(decimal: text)?.nanos == nanos)
    }
    for text in [
      "", "-", ".", "1.", ".5", "1.0000000001", "1e3", "+1", "1,5", "9223372036.854775808", "٣",
    ] {
      #expect(Money(decimal: text) == nil, "\(text)")
    }
    var random = SplitMix(seed: 1)
    for _ in 0..<1000 {
      let money = Money(
        nanos: Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
      #expect(Money(decimal: money.decimal) == money)
    }
    #expect(Money(nanos: 266_400_000).decimal == "0.2664")
    #expect(Money(nanos: -5_000_000_000).decimal == "-5.00")
  }

  @Test("Prices are scaled exactly and rounded up")
  func scaling() {
    #expect(Money(nanos: 33_300_000).scaled(by: 240, over: 30) == Money(nanos: 266_400_000))
    #expect(Money(nanos: 1).scaled(by: 1, over: 3) == Money(nanos: 1))
    #expect(
      Money(nanos: Int64.max / 4).scaled(by: 4_000_000_000, over: 2_000_000_000).nanos == Int64.max
        / 4 * 2)
  }
}

@Suite struct TimeTests {
  @Test("Rates are exact fractions")
  func rates() {
    #expect(FrameRate("24000/1001")?.description == "24000/1001")
    #expect(FrameRate(60, 2) == .thirty)
    for text in ["0", "-30", "30/0", "30/", "/1", "29.97", "1/2/3", ""] {
      #expect(FrameRate(text) == nil, "\(text)")
    }
    #expect(FrameRate(24000, 1001)?.duration(of: 24) == .milliseconds(1001))
    #expect(FrameRate.thirty.duration(of: 10_000_000_000) == .nanoseconds(333_333_333_333_333_333))
  }

  @Test("Lengths are read with their unit")
  func lengths() {
    #expect(TimeLength("8s") == .time(nanoseconds: 8_000_000_000))
    #expect(TimeLength("1.5s") == .time(nanoseconds: 1_500_000_000))
    #expect(TimeLength("250ms") == .time(nanoseconds: 250_000_000))
    #expect(TimeLength("12") == .frames(12))
    for text in ["-1s", "-5", "8 s", "8sec", "s", "ms", "", "1.5"] {
      #expect(TimeLength(text) == nil, "\(text)")
    }
  }

  @Test("Times become frames, halves rounded up, and absurd ones do no harm")
  func frames() throws {
    #expect(TimeLength("8.05s")?.roundedFrames(at: .thirty) == 242)
    #expect(TimeLength.frames(7).roundedFrames(at: .thirty) == 7)
    let fastest = try #require(FrameRate(.max))
    for length in [TimeLength.time(nanoseconds: .max), .frames(.max)] {
      #expect(length.roundedFrames(at: fastest) == .max)
      #expect(length.roundedFrames(at: .thirty) > 0)
    }
  }

  @Test("A clip may come back longer, by the model's grid")
  func grids() throws {
    let grid = try JSONDecoder().decode(
      ModelProfile.LengthRule.Grid.self, from: Data(#"{"step":36,"offset":1,"section":33}"#.utf8))
    #expect([30, 33, 34, 240, 241, 1800].map(grid.worst) == [37, 37, 73, 289, 289, 1981])
  }
}

@Suite struct JSONTextTests {
  @Test("Canonical JSON is read back by any reader, and so is the indented form")
  func roundTrip() throws {
    func write(_ text: inout JSONText) {
      text.object { text in
        text.key("empty")
        text.array { _ in }
        text.key("nothing")
        text.object { _ in }
        text.key("list")
        text.array { text in
          text.value("a\"b\\c\n\t\r\u{1}\u{7F}é日")
          text.value(-3)
          text.value(0.1)
          text.value(2.0)
          text.value(true)
          text.null()
          text.value(literal: "1.25")
          text.object {
            $0.key("k")
            $0.value("v")
          }
        }
      }
    }
    var compact = JSONText()
    var indented = JSONText(indentedWithCapacity: 10)
    write(&compact)
    write(&indented)
    #expect(
      compact.string == #"{"empty":[],"nothing":{},"list":["a\"b\\c\n\t\r\u0001"#
        + "\u{7F}é日" + #"",-3,0.1,2,true,null,1.25,{"k":"v"}]}"#)
    let objects = try [compact, indented].map {
      try JSONSerialization.jsonObject(with: Data($0.bytes)) as? NSDictionary
    }
    #expect(objects[0] == objects[1] && objects[0] != nil)
    #expect(
      indented.string.hasPrefix("{\n  \"empty\": [],\n  \"nothing\": {},\n  \"list\": [\n    \"a"))
    #expect(indented.string.hasSuffix("    {\n      \"k\": \"v\"\n    }\n  ]\n}"))
  }
}

@Suite struct DigestTests {
  @Test("Digests are SHA-256")
  func knownAnswers() {
    #expect(
      Digest.of("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(hex: Digest.of("abc").hex.uppercased()) == Digest.of("abc"))
    var hasher = DigestHasher()
    hasher.update(Array("a".utf8))
    hasher.update([])
    hasher.update(Array("bc".utf8))
    #expect(hasher.finalize() == Digest.of("abc"))
    for text in ["", "ba78", String(repeating: "g", count: 64), String(repeating: "é", count: 32)] {
      #expect(Digest(hex: text) == nil)
    }
  }
}

@Suite struct RecipeTests {
  private func recipe(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    let picture = PictureRecipe(
      origin: .still(Digest.of("a")), fit: .cover, focus: .center,
      canvas: PixelSize(width: 832, height: 480))
    var recipe = Recipe(
      backend: BackendIdentity(kind: "animatic", origin: "1"), model: "m",
      request: ModelRequest([.init("prompt", .string("x")), .init("seed", .integer(7))]),
      first: picture, last: picture, frames: 240, frameRate: .thirty)
    change(&recipe)
    return recipe
  }

  /// A store is worth money: this text must never change for the same recipe.
  @Test("The canonical text of a recipe is fixed")
  func canonicalText() {
    let digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    let picture =
      #"{"still":"\#(digest)","fit":"cover","focus":[500,500],"canvas":"832x480","fitter":1}"#
    #expect(
      recipe().canonicalText.string
        == #"{"recipe":1,"backend":"animatic@1","model":"m","request":{"prompt":"x","seed":7},"#
        + #""first":\#(picture),"last":\#(picture),"frames":240,"frame_rate":"30"}"#)
  }

  @Test("The order of a request's fields makes no other clip; everything else does")
  func keys() {
    let key = recipe().key
    #expect(recipe { $0.request.fields.reverse() }.key == key)
    let changes: [(inout Recipe) -> Void] = [
      { $0.backend.origin = "2" }, { $0.model = "n" }, { $0.request["seed"] = .integer(8) },
      { $0.request["seed"] = .string("7") }, { $0.request["extra"] = .boolean(false) },
      { $0.first.fit = .blur }, { $0.last.focus = Focus(x: 1, y: 500) },
      { $0.first.origin = .videoFrame(Digest.of("a"), index: 0) },
      { $0.first.origin = .rendered(key) }, { $0.first.canvas = PixelSize(width: 16, height: 16) },
      { $0.frames = 241 }, { $0.frameRate = FrameRate(24) ?? .thirty },
    ]
    let keys = changes.map { recipe($0).key }
    #expect(Set(keys + [key]).count == changes.count + 1)
  }

  @Test("A recipe survives its file")
  func codable() throws {
    let recipe = recipe { $0.first.origin = .videoFrame(Digest.of("v"), index: 9) }
    let data = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(Recipe.self, from: data).key == recipe.key)
  }
}

@Suite struct AssemblyTests {
  @Test("A film's key ignores labels and paths, and nothing else")
  func keys() {
    func assembly(_ change: (inout Assembly) -> Void = { _ in }) -> Digest {
      var assembly = Assembly(
        size: PixelSize(width: 832, height: 480), frameRate: .thirty,
        pieces: [
          .init(
            source: .footage(
              path: "a.mp4", digest: Digest.of("a"), start: 0, count: 9, fit: .cover),
            label: "one", frames: 9)
        ], sound: .init(path: "a.wav", digest: Digest.of("w")))
      change(&assembly)
      return assembly.key
    }
    let key = assembly()
    #expect(
      assembly {
        $0.pieces[0].label = "two"
        $0.pieces[0].source = .footage(
          path: "b.mp4", digest: Digest.of("a"), start: 0, count: 9, fit: .cover)
        $0.sound?.path = "b.wav"
      } == key)
    let changes: [(inout Assembly) -> Void] = [
      { $0.fadeIn = 1 }, { $0.fadeOut = 1 }, { $0.crf = 17 }, { $0.sound = nil },
      { $0.sound?.gain = 1 }, { $0.sound?.start = 1 }, { $0.metadata = .full },
      { $0.conform = .strict }, { $0.frameRate = FrameRate(24) ?? .thirty },
      { $0.pieces[0].frames = 8 }, { $0.pieces[0].dropsLast = true },
      { $0.pieces[0].holdBefore = 1 }, { $0.pieces[0].holdAfter = 1 },
      { $0.pieces[0].crossfade = .init(frames: 2, handles: .overlap) },
      { $0.pieces[0].crossfade = .init(frames: 2, handles: .freeze) }, { $0.pieces = [] },
    ]
    #expect(Set(changes.map { assembly($0) } + [key]).count == changes.count + 1)
  }
}
