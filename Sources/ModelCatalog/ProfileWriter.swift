public import KeyreelCore

/// Writes a profile as people keep it: the built-in files' order of fields, one parameter after another.
public enum ProfileWriter {
  /// `profile` as JSON, with a line end behind it; ``ModelCatalog`` reads the same profile from it.
  public static func json(_ profile: ModelProfile) -> [UInt8] {
    var text = JSONText(indentedWithCapacity: 4096)
    text.object { text in
      text.member("id", profile.id)
      text.member("title", profile.title)
      text.member("source", profile.source)
      text.key("pictures")
      text.object { text in
        text.member("first", profile.pictures.first)
        text.member("last", profile.pictures.last)
      }
      text.key("parameters")
      text.array { text in
        for parameter in profile.parameters { text.object { write(parameter, to: &$0) } }
      }
      text.key("length")
      text.object { write(profile.length, to: &$0) }
      text.key("canvases")
      text.array { text in
        for canvas in profile.canvases {
          text.object { text in
            write(canvas.when, to: &text)
            text.member("width", canvas.width)
            text.member("height", canvas.height)
          }
        }
      }
      text.key("price")
      text.object { write(profile.price, to: &$0) }
      if let days = profile.retentionDays { text.member("retention_days", days) }
    }
    text.endLine()
    return text.bytes
  }

  private static func write(_ parameter: ModelProfile.Parameter, to text: inout JSONText) {
    text.member("name", parameter.name)
    text.member("type", parameter.kind.rawValue)
    if let isRequired = parameter.isRequired {
      text.key("required")
      text.value(isRequired)
    }
    if let value = parameter.defaultValue {
      text.key("default")
      value.write(to: &text)
    }
    for (name, number) in [("minimum", parameter.minimum), ("maximum", parameter.maximum)] {
      guard let number else { continue }
      text.key(name)
      text.value(number)
    }
    if let length = parameter.maximumLength { text.member("max_length", length) }
    if let options = parameter.options {
      text.key("options")
      text.array { text in for option in options { option.write(to: &text) } }
    }
    if let help = parameter.help { text.member("help", help) }
  }

  private static func write(_ length: ModelProfile.LengthRule, to text: inout JSONText) {
    text.member("parameter", length.parameter)
    if let rate = length.frameRate { text.member("frame_rate", rate.description) }
    if let name = length.frameRateParameter { text.member("frame_rate_parameter", name) }
    guard let grid = length.grid else { return }
    text.key("grid")
    text.object { text in
      text.member("step", grid.step)
      text.member("offset", grid.offset)
      text.member("section", grid.section)
    }
  }

  private static func write(_ price: ModelProfile.PriceRule, to text: inout JSONText) {
    text.key("amount")
    if let amount = price.amount { text.value(amount.decimal) } else { text.null() }
    text.member("unit", price.unit.rawValue)
    text.member("currency", price.currency)
    text.key("multipliers")
    text.array { text in
      for multiplier in price.multipliers {
        text.object { text in
          write(multiplier.when, to: &text)
          if let frames = multiplier.aboveFrames { text.member("above_frames", frames) }
          text.member("factor", multiplier.factor.decimal)
        }
      }
    }
    text.member("as_of", price.asOf)
    text.member("source", price.source)
  }

  private static func write(_ when: [String: ParameterValue], to text: inout JSONText) {
    text.key("when")
    text.object { text in
      for (name, value) in when.sorted(by: { $0.key < $1.key }) {
        text.key(name)
        value.write(to: &text)
      }
    }
  }
}

extension JSONText {
  fileprivate mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }

  fileprivate mutating func member(_ name: String, _ value: Int) {
    key(name)
    self.value(value)
  }
}
