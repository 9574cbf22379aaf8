import FalProtocol
import KeyreelCore
import Testing

@Suite("Answers about requests satisfy every client, and are read leniently")
struct StatusTests {
  private let id = "47a51b37-14dc-48cd-8081-5cd3bfa1e875"

  private func links() throws -> RequestLinks {
    RequestLinks(
      base: "https://queue.fal.run",
      endpoint: try #require(EndpointID("fal-ai/framepack/flf2v")), requestID: id)
  }

  @Test("Addresses name the application alone")
  func addresses() throws {
    let links = try links()
    #expect(links.status == "https://queue.fal.run/fal-ai/framepack/requests/\(id)/status")
    #expect(links.response == "https://queue.fal.run/fal-ai/framepack/requests/\(id)")
    #expect(links.cancel == "https://queue.fal.run/fal-ai/framepack/requests/\(id)/cancel")
  }

  @Test(
    "Each state has all keys that some client cannot do without", arguments: RequestState.allCases)
  func keys(state: RequestState) throws {
    let status = QueueStatus(state, requestID: id, links: try links())
    let value = try JSONValue(parsing: status.bytes)
    let keys = [
      "status", "request_id", "response_url", "status_url", "cancel_url", "queue_position", "logs",
      "metrics",
    ]
    #expect(value.objectValue?.members.map(\.key) == keys)
    #expect(state != .inQueue || value["queue_position"] == 0)
    #expect(state.statusCode == (state == .completed ? 200 : 202))
    let submit = SubmitAnswer(requestID: id, links: try links(), state: state)
    #expect(try JSONValue(parsing: submit.bytes) == value)
  }

  @Test("A completed status comes back as it was written")
  func roundTrip() throws {
    var status = QueueStatus(
      .completed, requestID: id, links: try links(), queuePosition: nil,
      logs: [LogLine("step 1", timestamp: "2026-02-17T10:30:01.123Z", level: .warn)],
      inferenceTime: .milliseconds(1500))
    #expect(try QueueStatus(decoding: JSONValue(parsing: status.bytes)) == status)
    let line = try #require(try JSONValue(parsing: status.bytes)["logs"]?[0])
    #expect(
      line.text == #"{"message":"step 1","timestamp":"2026-02-17T10:30:01.123Z","level":"WARN","#
        + #""source":"USER","labels":{"level":"WARN"}}"#)
    status.failure = .init("Invalid status code: 422", type: "bad_request")
    let failed = try JSONValue(parsing: status.bytes)
    #expect(failed["error"] == "Invalid status code: 422")
    #expect(failed["metrics"]?.text == #"{"inference_time":1.5}"#)
    #expect(try QueueStatus(decoding: failed) == status)
  }

  @Test("A client lives with an answer that has little more than the state")
  func lenient() throws {
    let status = try QueueStatus(
      decoding: JSONValue(
        parsing: #"{"status":"IN_PROGRESS","logs":["text",{"message":"m"}],"x":1}"#),
      requestID: "r")
    #expect(status.state == .inProgress)
    #expect(status.requestID == "r")
    #expect(status.links == nil && status.queuePosition == nil && status.failure == nil)
    #expect(status.logs?.map(\.message) == ["text", "m"])
    let answer = try SubmitAnswer(decoding: ["request_id": "r", "status": "SOMETHING"])
    #expect(answer.state == .inQueue && answer.requestID == "r")
  }

  @Test(
    "What breaks the protocol is an error, not a guess",
    arguments: [
      #"{"status":"FAILED","request_id":"r"}"#, #"{"status":"COMPLETED"}"#, #"{"request_id":"r"}"#,
      #"{"status":3,"request_id":"r"}"#, "[]", "null",
    ])
  func broken(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(throws: WireError.self) { try QueueStatus(decoding: value) }
  }

  @Test("A submission without a usable id is an error")
  func lostID() {
    #expect(throws: WireError.self) { try SubmitAnswer(decoding: [:]) }
    #expect(throws: WireError.self) { try SubmitAnswer(decoding: ["request_id": "../x"]) }
  }

  @Test("Cancelling has three answers, told by their code")
  func cancel() {
    #expect(CancelAnswer.requested.statusCode == 202)
    #expect(
      String(decoding: CancelAnswer.notFound.bytes, as: UTF8.self) == #"{"status":"NOT_FOUND"}"#)
    #expect(CancelAnswer(statusCode: 200) == .requested)
    #expect(CancelAnswer(statusCode: 400) == .alreadyCompleted)
    #expect(CancelAnswer(statusCode: 404) == .notFound)
    #expect(CancelAnswer(statusCode: 500) == nil)
  }

  @Test("An output needs its video's address and nothing else")
  func output() throws {
    let output = ModelOutput(
      video: MediaFile(url: "u", contentType: "video/mp4", fileName: "o.mp4", fileSize: 12),
      seed: 42)
    #expect(
      String(decoding: output.bytes, as: UTF8.self)
        == #"{"video":{"url":"u","content_type":"video/mp4","file_name":"o.mp4","file_size":12},"seed":42}"#
    )
    #expect(try ModelOutput(decoding: JSONValue(parsing: output.bytes)) == output)
    #expect(try ModelOutput(decoding: ["video": ["url": "u"]]).seed == nil)
    #expect(throws: WireError.self) { try ModelOutput(decoding: ["video": [:]]) }
  }
}
