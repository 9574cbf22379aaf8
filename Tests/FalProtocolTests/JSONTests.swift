import FalProtocol
import Testing

@Suite("JSON is read strictly and written back without loss")
struct JSONTests {
  @Test(
    "What is written compactly comes back byte by byte",
    arguments: [
      "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808",
      "9223372036854775808", "123456789012345678901234567890", "-0", "0.80", "1e3", "1E-7", "-0.0",
      #""""#, #""a""#, #""ünïcode \" \\ / \n""#, #""😀""#, "[]", "{}", #"[1,[2,[3,{}]],"x"]"#,
      #"{"b":1,"a":{"c":null,"":[]},"ü":"€"}"#, #""\u0000\u001f""#,
    ])
  func roundTrip(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.text == text)
    #expect(try JSONValue(parsing: value.bytes) == value)
  }

  @Test(
    "Escapes and white space mean what they mean",
    arguments: [
      (" \t\r\n1 \n", "1"), (#""\u0041\u00e9\ud83d\ude00\/\b\f\t\r""#, nil),
      (#"{ "a" : [ 1 , 2 ] , "a" : 3 }"#, #"{"a":3}"#),
      (#"{"b":1,"a":2,"b":3}"#, #"{"b":3,"a":2}"#),
    ] as [(String, String?)])
  func meaning(text: String, canonical: String?) throws {
    let value = try JSONValue(parsing: text)
    if let canonical {
      #expect(value.text == canonical)
    } else {
      #expect(value == .string("Aé😀/\u{8}\u{c}\t\r"))
    }
  }

  @Test(
    "What is no JSON is refused with its place",
    arguments: [
      ("", JSONError.Reason.expectedValue, 0), (" ", .expectedValue, 1), ("nul", .expectedValue, 0),
      ("NaN", .expectedValue, 0), ("-Infinity", .expectedValue, 0), ("+1", .expectedValue, 0),
      (".5", .expectedValue, 0), ("01", .extraData, 1), ("1.", .extraData, 1),
      ("1e", .extraData, 1),
      ("1.e3", .extraData, 1), ("--1", .expectedValue, 0), ("0x10", .extraData, 1),
      ("[1,]", .expectedValue, 3), ("[1 2]", .expectedComma, 3), ("[1", .expectedComma, 2),
      ("[", .expectedValue, 1), ("{", .expectedKey, 1), (#"{"a":1,}"#, .expectedKey, 7),
      (#"{"a" 1}"#, .expectedColon, 5), (#"{"a":}"#, .expectedValue, 5), ("{1:2}", .expectedKey, 1),
      (#"{"a":1"#, .expectedComma, 6), (#""abc"#, .unterminatedString, 0),
      (#""a\"#, .unterminatedString, 2),
      ("\"a\nb\"", .controlCharacter, 2), (#""\x""#, .invalidEscape, 1),
      (#""\u12""#, .invalidUnicodeEscape, 1),
      (#""\u12g4""#, .invalidUnicodeEscape, 1), (#""ab\ud800""#, .loneSurrogate, 3),
      (#""\ud800\u0041""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
      ("'a'", .expectedValue, 0), ("1 // x", .extraData, 2), ("\u{FEFF}1", .expectedValue, 0),
      ("true false", .extraData, 5), ("]", .expectedValue, 0),
    ])
  func refused(text: String, reason: JSONError.Reason, offset: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error == JSONError(reason, at: offset))
  }

  @Test(
    "Bytes that are not UTF-8 are refused where they begin",
    arguments: [
      ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0xE2, 0x82, 0x22], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0x5C, 0x6E, 0xC3, 0xA9, 0x80, 0x22], 5),
      ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1),
    ] as [([UInt8], Int)])
  func encoding(bytes: [UInt8], offset: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    #expect(error == JSONError(.invalidUTF8, at: offset))
  }

  @Test("Depth, size and digits have limits")
  func limits() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError(.tooDeep, at: 64)) { try JSONValue(parsing: deep) }
    let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try JSONValue(parsing: nested) }
    let limits = JSONLimits(bytes: 10)
    #expect(throws: JSONError(.tooLarge, at: 10)) {
      try JSONValue(parsing: "[1,2,3,4,5]", limits: limits)
    }
    #expect(throws: JSONError(.numberTooLong, at: 1)) {
      try JSONValue(parsing: "[" + String(repeating: "1", count: 4301) + "]")
    }
  }

  @Test("Objects of many thousand keys keep the order and the last of equal keys")
  func manyKeys() throws {
    var text = "{"
    for index in 0..<20_000 { text += #""k\#(index % 10_000)":\#(index),"# }
    text += #""end":0}"#
    let object = try #require(try JSONValue(parsing: text).objectValue)
    #expect(object.members.count == 10_001)
    #expect(object.members[3] == .init("k3", 10_003))
    #expect(object["end"] == 0)
  }

  @Test("A picture of megabytes inside an input is read")
  func large() throws {
    let picture = String(repeating: "iVBORw0KGgo/", count: 200_000)
    let value = try JSONValue(parsing: #"{"image_url":"data:image/png;base64,\#(picture)"}"#)
    #expect(value["image_url"]?.stringValue?.utf8.count == 22 + 2_400_000)
  }

  @Test("Random bytes and broken texts never do worse than an error")
  func fuzz() throws {
    var random = SplitMix(seed: 7)
    let seeds = [
      #"{"prompt":"a \ud83d\ude00","n":[1,-2.5e3,true,null],"o":{"k":"v"}}"#,
      #"[[[["\u0041\\"]]]]"#,
      "-12.5E+7", #"{"":{"":{"":[{},[],0.1]}}}"#,
    ]
    var accepted = 0
    for round in 0..<4000 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0..<(1 + Int(random.next() % 3)) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(Array(#"{}[]",:\0e."#.utf8)[Int(random.next() % 11)], at: place)
        case 2 where bytes.count > 1: bytes.remove(at: place)
        default: bytes = Array(bytes.prefix(max(1, place)))
        }
      }
      do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        accepted += 1
        #expect(try JSONValue(parsing: value.bytes) == value)
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
    #expect(accepted > 50)
  }
}

/// A small generator of reproducible numbers (splitmix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
