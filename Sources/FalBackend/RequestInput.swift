internal import FalProtocol
internal import KeyreelCore

/// The JSON that is posted: the profile's fields in the order in which people document them.
struct RequestInput {
  /// Compact JSON, exactly the bytes of the body.
  let text: String

  /// The input for `request` with pictures at these addresses.
  init(_ request: ModelRequest, profile: ModelProfile, first: String, last: String) {
    let form = InputForm(profile)
    text =
      ValidatedInput(request: request, firstPicture: first, lastPicture: last)
      .json(in: form).text
  }
}
