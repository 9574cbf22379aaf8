internal import CCurl

/// AWS Signature Version 4, which S3 and its relatives want on every request; libcurl computes it.
///
/// libcurl signs the query as it stands, so it must be sorted and every name must have an equals sign;
/// it signs the header `x-amz-content-sha256` that the call brings for its body.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
public struct RequestSignature: Sendable {
  private let region: String
  private let keyID: String
  private let secret: String

  /// Signs for S3 in `region` with a key and its secret.
  public init(s3Region region: String, keyID: String, secret: String) {
    self.region = region
    self.keyID = keyID
    self.secret = secret
  }

  func apply(to handle: UnsafeMutableRawPointer) {
    curlx_set_string(handle, CURLOPT_AWS_SIGV4, "aws:amz:\(region):s3")
    curlx_set_string(handle, CURLOPT_USERNAME, keyID)
    curlx_set_string(handle, CURLOPT_PASSWORD, secret)
  }
}

extension RequestSignature: CustomStringConvertible, CustomReflectable {
  /// Says that there is one; the secret is never shown.
  public var description: String { "a signature for \(region)" }

  /// Shows what the description does.
  public var customMirror: Mirror { Mirror(self, children: ["signature": description]) }
}
