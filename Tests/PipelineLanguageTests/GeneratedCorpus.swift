import Foundation

@testable import PipelineLanguage

/// Pipelines made by changing sound ones, the same ones every time.
enum GeneratedCorpus {
  /// Values that look like all kinds of things, quoted and bare.
  static let scalars = [
    "8", "8s", "1.5s", "250ms", "-3dB", "-1.5 dB", "3 dB", "1.5", "8.0", "1e3", "0", "-1", "+5",
    "0x1F", "0o17", "007", "99999999999999999999", "1.", ".5", ".inf", "true", "True", "false",
    "yes", "no", "on", "off", "null", "~", "", "'8'", "'8s'", "'true'", "\"\"", "' '", "16:9",
    "2024-01-02", "832x480", "831x480", "832X480", "832×480", "0x480", "30", "24000/1001", "29.97",
    "'30'", "0/1", "5.00 USD", "5 USD", "5 usd", "5", "$5", "cover", "contain", "Cover", "overlap",
    "freeze", "keyframes", "rendered", "strict", "accept", "retime", "minimal", "full", "h264",
    "hevc", "animatic", "fal", "auto", "dawn", "stills/dawn.jpg", "/abs/a.png", "../../x.png",
    "~/a.png", "https://example.org/a.png", "http://example.org/a.png", "https://u@example.org/a",
    "https://127.0.0.1:9442", "https://10.0.0.1/a.png", "a b", "a.b", "a~b", "ü", "'a: b'",
    "9f2c0000000000000000000000000000000000000000000000000000000000aa", "9f2c", "$(v)", "$(w)",
    "$$(v)", "a $(v) b", "$(", "[1, 2]", "[]", "{}", "{a: 1}", "[0.5, 0.3]", "[0.5]", "[0, 2]",
    "0.5", "1", "1.0", "2", "100", "101", "51", "52", "'x'", "|\n        8s\n", "8 s", "8sec",
    "100000001", "1234567s", "1.1234567891s", "fal-ai/framepack/flf2v", "'a\\tb'", "\"a\\tb\"",
    "{a: 1, b}", "a, b", "1000", "1001", "1000001",
  ]

  /// Sound texts to start from.
  static let seeds: [String] = {
    let variable = "keyreel: 1\nvars:\n  v: 8s\nprompt: a $(v) film\n"
    let short = variable + "sequences:\n  - keyframes: [a.jpg, b.jpg]\n"
    let music = short + "film:\n  audio: {file: a.wav, gain: -3dB}\n"
    let clips = variable + "sequences:\n  - clip: a.mp4\n    in: 1s\n    out: 2s\n"
    return [fullPipeline, fullPipeline, fullPipeline, short, music, clips]
  }()

  /// Every value of the list at every place of the full pipeline that has a value.
  static func scalarPlacements() -> [String] {
    // One film is enough here: four would only take four times as long.
    let single = fullPipeline.replacing("watercolour]", with: "]").replacing("[1, 2]", with: "[1]")
    let lines = single.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var dice = Dice(seed: 7)
    var texts: [String] = []
    for (index, line) in lines.enumerated() {
      guard let colon = line.firstRange(of: ": ") else { continue }
      // A sample for each place keeps the test short; places of one kind share forms.
      for value in scalars where samples(8) > 8 || Int.random(in: 0..<8, using: &dice) == 0 {
        var changed = lines
        changed[index] = line[..<colon.upperBound] + value
        texts.append(changed.joined(separator: "\n"))
      }
    }
    return texts
  }

  /// `count` texts, each with one to three changes.
  static func texts(count: Int) -> [String] {
    var dice = Dice(seed: 2026)
    return (0..<count).map { number in
      var lines = seeds[number % seeds.count].split(separator: "\n").map(String.init)
      for _ in 0..<Int.random(in: 1...3, using: &dice) { change(&lines, &dice) }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  private static let keys = [
    "name", "keyframes", "clip", "in", "out", "join", "crossfade", "handles", "loop", "chain",
    "duration", "frames", "num_frames", "prompt", "style", "seed", "fit", "focus", "takes", "pick",
    "hold", "at", "next", "image", "video", "url", "sha256", "keyframe", "id", "film", "size",
    "rate", "conform", "audio", "file", "gain", "start", "outputs", "crf", "codec", "vars",
    "variants", "settings", "backends", "kind", "origin", "quirks", "budget", "run", "month",
    "defaults", "sequences", "sound", "joins", "mend", "promt", "wobble", "model", "metadata",
    "upload", "enable_safety_checker",
  ]

  private static func change(_ lines: inout [String], _ dice: inout Dice) {
    guard let index = lines.indices.randomElement(using: &dice) else { return }
    let line = lines[index]
    let indent = String(line.prefix { $0 == " " || $0 == "-" }.map { _ in " " })
    let value = scalars.randomElement(using: &dice) ?? ""
    let key = keys.randomElement(using: &dice) ?? ""
    switch Int.random(in: 0..<7, using: &dice) {
    case 0: lines.remove(at: index)
    case 1, 2:
      guard let colon = line.firstRange(of: ":") else { return }
      lines[index] = line[..<colon.upperBound] + " " + value
    case 3: lines.insert("\(indent)\(key): \(value)", at: index + 1)
    case 4:
      guard let colon = line.firstRange(of: ":") else { return }
      let head = line.prefix { $0 == " " || $0 == "-" }
      lines[index] = head + key + line[colon.lowerBound...]
    case 5: lines.insert(line, at: index)
    default:
      guard let other = lines.indices.randomElement(using: &dice) else { return }
      lines.swapAt(index, other)
    }
  }
}
