import FalProtocol
import KeyreelCore
import Testing

@Suite("Inputs are judged as Pydantic judges them")
struct ValidationTests {
  @Test("Every recorded input is accepted or refused with the recorded words")
  func golden() throws {
    var cases = 0
    for group in try #require(try Fixture.json("Golden/validation.json").arrayValue) {
      let profile = try Fixture.profile(try #require(group["profile"]?.stringValue))
      let form = InputForm(profile)
      for recorded in try #require(group["cases"]?.arrayValue) {
        let body = try #require(recorded["body"]?.stringValue)
        let outcome = Self.outcome(of: body, form)
        #expect(isSame(outcome, Self.expected(recorded)), "\(profile.id) \(body): \(outcome.text)")
        cases += 1
      }
    }
    #expect(cases > 1000)
  }

  /// The outcome in the recording's form; of mistakes without their link, which never differs.
  private static func outcome(of body: String, _ form: InputForm) -> JSONValue {
    do {
      return ["input": try form.validate(body: body.utf8).json(in: form)]
    } catch {
      guard let list = try? JSONValue(parsing: error.body.bytes)["detail"]?.arrayValue else {
        return .null
      }
      return [
        "detail": .array(
          list.map { entry in
            guard case .object(var object) = entry else { return entry }
            object["url"] = nil
            return .object(object)
          })
      ]
    }
  }

  private static func expected(_ recorded: JSONValue) -> JSONValue {
    recorded["detail"].map { ["detail": $0] } ?? ["input": recorded["input"] ?? .null]
  }

  @Test("A sound input comes back complete, in the profile's order, with its pictures")
  func defaults() throws {
    let form = InputForm(try Fixture.flf2v())
    let body = #"{"num_frames":"30","end_image_url":"b","prompt":"a cat","image_url":"a","x":1}"#
    let input = try form.validate(body: body.utf8)
    #expect(input.firstPicture == "a")
    #expect(input.lastPicture == "b")
    #expect(
      input.request.fields.map(\.name) == [
        "prompt", "negative_prompt", "aspect_ratio", "resolution", "cfg_scale", "guidance_scale",
        "num_frames", "enable_safety_checker", "strength",
      ])
    #expect(
      input.json(in: form).text
        == #"{"prompt":"a cat","image_url":"a","end_image_url":"b","negative_prompt":"","#
        + #""aspect_ratio":"16:9","resolution":"480p","cfg_scale":1,"guidance_scale":10,"#
        + #""num_frames":30,"enable_safety_checker":false,"strength":0.8}"#)
  }

  @Test(
    "A body that is no JSON is told with the place",
    arguments: [
      (#"{"prompt": }"#, 11, "Expecting value"),
      (#"{"prompt": "a" "b"}"#, 15, "Expecting ',' delimiter"),
      (#"{prompt: 1}"#, 1, "Expecting property name enclosed in double quotes"),
      (#"{} x"#, 3, "Extra data"),
      (#"{"a": "\ud800"}"#, 7, "Lone surrogate"),
    ])
  func broken(body: String, offset: Int, words: String) throws {
    let form = InputForm(try Fixture.flf2v())
    let failure = try #require(throws: InputFailure.self) { try form.validate(body: body.utf8) }
    let detail = try #require(failure.details.first)
    #expect(detail.type == "json_invalid")
    #expect(detail.message == "JSON decode error")
    #expect(detail.location == [.key("body"), .index(offset)])
    #expect(detail.context == ["error": .string(words)])
  }

  @Test("No body at all is a missing body")
  func empty() throws {
    let form = InputForm(try Fixture.flf2v())
    let failure = try #require(throws: InputFailure.self) { try form.validate(body: []) }
    #expect(failure.details.map(\.type) == ["missing"])
    #expect(failure.details.map(\.path) == ["body"])
  }

  @Test("An answer about an input of many megabytes stays small")
  func echo() throws {
    let form = InputForm(try Fixture.flf2v())
    let picture = String(repeating: "A", count: 300_000)
    let body = #"{"image_url":"\#(picture)","end_image_url":7,"seed":[\#(picture.count)]}"#
    let failure = try #require(throws: InputFailure.self) { try form.validate(body: body.utf8) }
    #expect(failure.details.map(\.type) == ["missing", "string_type", "int_type"])
    #expect(failure.body.bytes.count < 5000)
    let lists = "[" + String(repeating: "[[1],[2]],", count: 5000) + "0]"
    let deep = try #require(throws: InputFailure.self) {
      try form.validate(body: #"{"seed":\#(lists),"x":\#(lists)}"#.utf8)
    }
    #expect(deep.details.count == 4)
    #expect(deep.body.bytes.count < 4 * 60_000)
  }

  @Test("A whole number that no integer can hold is refused with the limit")
  func hugeSeed() throws {
    let form = InputForm(try Fixture.flf2v())
    let body = #"{"prompt":"a","image_url":"a","end_image_url":"b","seed":99999999999999999999}"#
    let failure = try #require(throws: InputFailure.self) { try form.validate(body: body.utf8) }
    #expect(failure.details.map(\.type) == ["less_than_equal"])
    #expect(failure.details.first?.context == ["le": .number("9223372036854775807")])
  }
}
