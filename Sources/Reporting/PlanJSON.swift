public import KeyreelCore

/// A plan with its forecast as JSON for programs, reviews and `keyreel run plan.json`.
///
/// The format is described by `schemas/plan.schema.json`. The same forecast gives the same bytes.
public struct PlanJSON: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The JSON of `forecast`, with `pins` where it is to be run or compared later.
  public init(_ forecast: Forecast, pins: PlanPins? = nil) {
    // What a segment and its take come to, so that the text of a large plan is not copied as it grows.
    let segments = forecast.plan.films.reduce(0) { $0 + $1.segments.count }
    var text = JSONText(indentedWithCapacity: 4096 + segments * 2600)
    text.object { PlanWriter(forecast: forecast, pins: pins).write(to: &$0) }
    text.endLine()
    bytes = text.bytes
  }

  /// The JSON as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Writes the members of a plan.
private struct PlanWriter {
  let forecast: Forecast
  let pins: PlanPins?

  private var plan: Plan { forecast.plan }

  func write(to text: inout JSONText) {
    text.key("format_version")
    text.value(plan.formatVersion)
    if let pins { text.member("made_by", pins.madeBy) }
    text.key("pipeline")
    text.object {
      $0.member("path", plan.pipeline)
      $0.member("digest", plan.pipelineDigest.hex)
      if let pins { $0.members(pins.fields, under: "fields") }
    }
    if let pins { write(pins, to: &text) }
    text.member("backend", plan.backend.description)
    text.key("cost")
    text.object {
      write(forecast.cost, to: &$0)
      $0.member("currency", plan.currency)
      $0.member("as_of", plan.pricesAsOf)
    }
    text.key("list_price")
    text.object { $0.members(forecast.listPrice) }
    text.key("films")
    text.array { text in
      for (index, film) in plan.films.enumerated() {
        text.object {
          write(film, forecast.steps[index], forecast.filmCosts[index], to: &$0)
        }
      }
    }
  }

  private func write(_ pins: PlanPins, to text: inout JSONText) {
    text.members(pins.sources, under: "sources")
    text.key("models")
    text.array { text in
      for model in pins.models {
        text.object {
          $0.member("id", model.id)
          $0.members(model.profile, under: "profile")
        }
      }
    }
  }

  private func write(_ cost: Forecast.Cost, to text: inout JSONText) {
    text.members(cost.planned)
    text.member("new", cost.new.expected.decimal)
    text.member("new_upper_bound", cost.new.worst.decimal)
    text.member("reused", cost.reused.expected.decimal)
  }

  private func write(
    _ film: FilmPlan, _ steps: [[Forecast.Step]], _ cost: Forecast.Cost, to text: inout JSONText
  ) {
    text.member("name", film.name)
    text.member("frames", film.frames)
    text.key("duration_seconds")
    text.value(literal: Amounts.seconds(of: film.frames, at: film.frameRate))
    text.member("frame_rate", film.frameRate)
    text.member("width", film.size.width)
    text.member("height", film.size.height)
    text.key("cost")
    text.object { write(cost, to: &$0) }
    text.key("outputs")
    text.array { text in for output in film.outputs { text.value(output) } }
    text.key("companions")
    text.array { text in
      for output in film.companions {
        text.object {
          $0.member("file", output.path)
          $0.member("form", output.form.text)
          guard output.captions != .none else { return }
          $0.key("captions")
          $0.object { TextsWriter.write(output.captions, to: &$0) }
        }
      }
    }
    text.key("remarks")
    text.array { text in for remark in film.remarks { text.value(remark) } }
    text.key("keyframes")
    text.array { text in
      for keyframe in film.keyframes {
        text.object {
          $0.member("name", keyframe.name)
          $0.member("sequence", keyframe.sequence)
          $0.member("film_frame", keyframe.filmFrame)
          $0.member("digest", keyframe.digest.hex)
        }
      }
    }
    text.key("segments")
    text.array { text in
      for (segment, steps) in zip(film.segments, steps) {
        text.object { write(segment, steps, to: &$0) }
      }
    }
    text.key("assembly")
    text.object { AssemblyWriter(assembly: film.assembly).write(to: &$0) }
  }

  private func write(_ segment: Segment, _ steps: [Forecast.Step], to text: inout JSONText) {
    text.member("id", segment.id)
    text.member("sequence", segment.sequence)
    text.member("model", segment.model)
    text.member("frames", segment.frames)
    text.member("frame_rate", segment.frameRate)
    text.member("width", segment.canvas.width)
    text.member("height", segment.canvas.height)
    text.member("first", segment.first.name)
    text.member("last", segment.last.name)
    text.key("starts_from")
    if let id = segment.startsFrom { text.value(id) } else { text.null() }
    text.key("pictures")
    text.object {
      $0.key("first")
      segment.first.recipe.write(to: &$0)
      $0.key("last")
      segment.last.recipe.write(to: &$0)
    }
    text.member("conform", segment.conform.rawValue)
    text.key("request")
    segment.request.write(to: &text)
    if let lock = steps.lazy.compactMap(\.lock).first {
      text.key("lock")
      text.object { write(lock, to: &$0) }
    }
    text.key("takes")
    text.array { text in
      for (take, step) in zip(segment.takes, steps) {
        text.object { write(take, step, to: &$0) }
      }
    }
  }

  private func write(_ lock: LockStanding, to text: inout JSONText) {
    text.member("backend", lock.clip.backend.description)
    text.member("take", lock.clip.take)
    text.key("seed")
    if let seed = lock.clip.seed { text.value(seed) } else { text.null() }
    text.member("recipe", lock.clip.key.description)
    text.member("clip", lock.clip.clip.hex)
    text.member("frames", lock.clip.frames)
    text.member("store", lock.presence.rawValue)
    text.key("changes")
    text.array { text in for change in lock.changes { text.value(change) } }
  }

  private func write(_ take: Take, _ step: Forecast.Step, to text: inout JSONText) {
    text.member("take", take.number)
    text.member("seed", take.seed)
    text.member("key", take.key.description)
    text.member("cost", take.price.expected.decimal)
    text.member("upper_bound", take.price.worst.decimal)
    text.key("chosen")
    text.value(take.isChosen)
    text.member("action", step.action.rawValue)
    text.member("reason", step.reason)
  }
}

extension JSONText {
  mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }

  /// An object of texts.
  mutating func members(_ pins: [PlanPins.Pin], under name: String) {
    key(name)
    object { for pin in pins { $0.member(pin.name, pin.value) } }
  }

  mutating func member(_ name: String, _ value: Int) {
    key(name)
    self.value(value)
  }

  /// A number when the rate is whole, `24000/1001` otherwise.
  mutating func member(_ name: String, _ rate: FrameRate) {
    key(name)
    if rate.denominator == 1 { value(rate.numerator) } else { value(rate.description) }
  }

  mutating func members(_ price: PriceRange) {
    member("expected", price.expected.decimal)
    member("upper_bound", price.worst.decimal)
  }
}
