/// The version of this server, for the metrics.
enum ServerVersion {
  static let text = "0.1.0"
}
