/// The version of this package.
public enum MeanFieldVersion {
  public static let current = "0.1.0"
}
