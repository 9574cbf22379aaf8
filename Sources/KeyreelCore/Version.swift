/// The version of Keyreel: of the program, its server and its library.
public enum Version {
  /// Semantic version of this build.
  public static let number = "0.1.0"
}
