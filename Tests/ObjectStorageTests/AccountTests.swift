import KeyreelCore
import KeyreelTesting
import ObjectStorage
import Testing

@Suite("Addresses and credentials")
struct AccountTests {
  @Test(
    "An address is a bucket and a prefix",
    arguments: [
      ("s3://clips", "s3://clips"), ("s3://clips/", "s3://clips"),
      ("S3://my-clips/a//b/", "s3://my-clips/a/b"), ("s3://a.b.c/Film_1.x", "s3://a.b.c/Film_1.x"),
    ])
  func address(_ text: String, _ meant: String) throws {
    #expect(try S3Address(text).description == meant)
  }

  @Test(
    "What is no address is refused",
    arguments: [
      "s3://", "s3:///prefix", "s3://ab", "s3://Clips", "s3://clips/a b", "s3://clips/../other",
      "s3://clips/a?b", "https://clips/prefix", "s3://clips/ä",
    ])
  func noAddress(_ text: String) {
    let error = #expect(throws: OperationError.self) { try S3Address(text) }
    #expect(error?.code == .unsupported)
  }

  @Test(
    "A profile of the files is used where the variables name no key, and wins where it is named",
    .enabled(if: ObjectServer.isWanted, SharedServer.absence))
  func profile() async throws {
    let server = try await SharedServer.server
    let files = [
      "/home/me/.aws/credentials": """
      # keys
      [default]
      aws_access_key_id = wrong
      aws_secret_access_key = wrong
      [team]
      aws_access_key_id=\(ObjectServer.keyID)
      aws_secret_access_key = \(ObjectServer.secret)
      """,
      "/home/me/.aws/config": """
      [default]
      region = eu-north-1
      [profile team]
      region = us-east-1
      s3 =
        max_concurrent_requests = 20
      endpoint_url = \(server.endpoint)
      """,
    ]
    let account = try S3Account(environment: [
      "HOME": "/home/me", "AWS_PROFILE": "team", "AWS_ACCESS_KEY_ID": "wrong",
      "AWS_SECRET_ACCESS_KEY": "wrong",
    ]) { files[$0] }
    try S3Space(try S3Address("s3://clips/profile"), account: account).probe()
    #expect("\(account)" == "\(server.endpoint) in us-east-1")
    var dumped = ""
    dump(account, to: &dumped)
    #expect(!dumped.contains(ObjectServer.secret) && !dumped.contains(ObjectServer.keyID))
  }

  @Test(
    "No credentials and wrong ones are told apart, with what to do",
    .enabled(if: ObjectServer.isWanted, SharedServer.absence))
  func refusals() async throws {
    let server = try await SharedServer.server
    let none = #expect(throws: OperationError.self) {
      try S3Account(environment: ["HOME": "/nowhere"]) { _ in nil }
    }
    #expect(none?.remedy?.contains("AWS_ACCESS_KEY_ID") == true)
    var environment = server.environment
    environment["AWS_SECRET_ACCESS_KEY"] = "another"
    let stranger = try S3Account(environment: environment) { _ in nil }
    let refused = #expect(throws: OperationError.self) {
      try S3Space(try S3Address("s3://clips/x"), account: stranger).probe()
    }
    #expect(refused?.code == .permissionDenied, "\(String(describing: refused))")
  }
}
