extension References {
  /// ∫ cos kθ dμ and −∫ sin kθ dμ, k = 0, 1, ….
  public struct Moments: Decodable, Sendable {
    public var re: [Double]
    public var im: [Double]
  }

  /// A cluster on the circle.
  public struct Cluster: Decodable, Sendable {
    public var position: Double
    public var mass: Double
  }
}
