import KeyreelCore
import Testing

@testable import ModelCatalog

@Suite("Profiles brought up to what their providers publish")
struct RefreshTests {
  private static func profile(_ id: String = "fal-ai/framepack/flf2v") throws -> ModelProfile {
    try #require(try ModelCatalog.builtIn().profile(id))
  }

  /// What the provider of `profile` would publish if nothing had changed.
  private static func published(
    _ profile: ModelProfile, _ change: (inout PublishedModel) -> Void = { _ in }
  ) throws -> PublishedModel {
    let pictures = [profile.pictures.first, profile.pictures.last].map {
      PublishedModel.Input(name: $0, kind: .string, isRequired: true)
    }
    let inputs = profile.parameters.map { parameter in
      var input = PublishedModel.Input(
        name: parameter.name, kind: parameter.kind, isRequired: parameter.isRequired ?? false)
      input.defaultValue = parameter.defaultValue
      input.minimum = parameter.minimum
      input.maximum = parameter.maximum
      input.maximumLength = parameter.maximumLength
      input.options = parameter.options
      return input
    }
    var model = PublishedModel(
      id: profile.id,
      price: .init(
        amount: try #require(profile.price.amount), unit: profile.price.unit, unitName: "unit",
        currency: profile.price.currency, source: "https://example.org/pricing"),
      inputs: pictures + inputs)
    change(&model)
    return model
  }

  private static func refresh(
    _ change: (inout PublishedModel) -> Void
  ) throws -> ProfileRefresh {
    let profile = try profile()
    return try ProfileRefresh(profile, try published(profile, change), today: "2027-01-31")
  }

  @Test("A written profile is read again as it was")
  func roundTrip() throws {
    for profile in try ModelCatalog.builtIn().profiles {
      #expect(try ProfileReader.profile(ProfileWriter.json(profile), file: "it") == profile)
    }
  }

  @Test("An unchanged model changes nothing but the day and the place of its price")
  func unchanged() throws {
    for old in try ModelCatalog.builtIn().profiles {
      let refresh = try ProfileRefresh(old, try Self.published(old), today: "2027-01-31")
      #expect(refresh.changes.isEmpty && !refresh.changesRequests)
      var expected = old
      expected.price.asOf = "2027-01-31"
      expected.price.source = "https://example.org/pricing"
      #expect(refresh.profile == expected)
    }
  }

  @Test("What a provider does not say stays as the profile has it")
  func silence() throws {
    let refresh = try Self.refresh { model in
      model.inputs = model.inputs.map {
        PublishedModel.Input(name: $0.name, kind: $0.kind, isRequired: $0.isRequired)
      }
    }
    #expect(refresh.changes.isEmpty)
    #expect(refresh.profile.parameters == (try Self.profile().parameters))
  }

  @Test("Another currency, another unit or no price is refused")
  func refusedPrices() throws {
    let changes: [(inout PublishedModel) -> Void] = [
      { $0.price.currency = "EUR" }, { $0.price.currency = "" }, { $0.price.currency = "usd" },
      { $0.price.unit = .clip }, { $0.price.unit = nil }, { $0.price.amount = .zero },
    ]
    for change in changes {
      let error = #expect(throws: OperationError.self) { try Self.refresh(change) }
      #expect(error?.remedy?.contains("nothing was written") == true)
    }
  }

  @Test("What decides length, size or price may not go away or become something else")
  func refusedInputs() throws {
    for name in ["num_frames", "resolution", "aspect_ratio", "image_url", "end_image_url"] {
      #expect(throws: OperationError.self, "\(name)") {
        try Self.refresh { $0.inputs.removeAll { $0.name == name } }
      }
    }
    #expect(throws: OperationError.self) {
      try Self.refresh { model in
        model.inputs = model.inputs.map {
          $0.name == "num_frames" ? .init(name: $0.name, kind: nil) : $0
        }
      }
    }
    #expect(throws: OperationError.self, "a list that is needed cannot be sent") {
      try Self.refresh { $0.inputs.append(.init(name: "loras", kind: nil, isRequired: true)) }
    }
    #expect(throws: OperationError.self, "a default outside of its range is no profile") {
      try Self.refresh { model in
        guard let index = model.inputs.firstIndex(where: { $0.name == "num_frames" }) else {
          return
        }
        model.inputs[index].maximum = 100
      }
    }
  }

  @Test("A new size is left out, because nobody knows its pixels and its price")
  func newOptions() throws {
    let refresh = try Self.refresh { model in
      guard let index = model.inputs.firstIndex(where: { $0.name == "resolution" }) else { return }
      model.inputs[index].options = [.string("480p"), .string("1080p")]
    }
    #expect(refresh.profile.parameter("resolution")?.options == [.string("480p")])
    #expect(
      refresh.changes == [
        .init("resolution", "left out", after: "1080p"),
        .init("resolution", "options", before: "720p"),
      ])
  }

  @Test("New and lost inputs, limits and defaults are told, and whether requests become others")
  func inputs() throws {
    let refresh = try Self.refresh { model in
      model.price.amount = Money(nanos: 50_000_000)
      model.inputs.removeAll { $0.name == "strength" }
      model.inputs.append(.init(name: "loras", kind: nil))
      var turbo = PublishedModel.Input(name: "turbo", kind: .boolean)
      turbo.defaultValue = .boolean(true)
      turbo.help = "Faster.\u{1B}[31m Worse. Really"
      model.inputs.append(turbo)
      for index in model.inputs.indices where model.inputs[index].name == "prompt" {
        model.inputs[index].maximumLength = 800
      }
    }
    #expect(
      refresh.changes == [
        .init("price", "amount", before: "0.0333", after: "0.05"),
        .init("prompt", "max_length", before: "500", after: "800"),
        .init("strength", "removed"), .init("loras", "left out"),
        .init("turbo", "new", after: "boolean, default true"),
      ])
    #expect(refresh.changesRequests)
    #expect(refresh.profile.parameter("turbo")?.help == "Faster.[31m Worse.")
    let onlyLimit = try Self.refresh { model in
      for index in model.inputs.indices where model.inputs[index].name == "num_frames" {
        model.inputs[index].maximum = 900
      }
    }
    #expect(!onlyLimit.changesRequests, "limits do not change what is sent")
  }
}
