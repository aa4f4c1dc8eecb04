extension References {
  /// `voids.json` and `rings.json`: attention's field by mpmath, also far from all mass.
  public struct Fields: Decodable, Sendable {
    public var cases: [Field]
  }

  /// The field of one law.
  public struct Field: Decodable, Sendable {
    public var name: String
    public var beta: Double
    public var dimension: Int?
    /// Angle, mass.
    public var atoms: [[Double]]?
    /// Mean, concentration, weight.
    public var vonMises: [[Double]]?
    /// Polar angle, mass.
    public var rings: [[Double]]?
    public var points: [FieldPoint]
  }

  /// log Z of e^{β⟨x,y⟩}, X and dX/dθ at an angle.
  public struct FieldPoint: Decodable, Sendable {
    public var angle: Double
    public var logPartition: Double
    public var velocity: Double
    public var slope: Double

    public init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      angle = try row.decode(Double.self)
      logPartition = try row.decode(Digits.self).value
      velocity = try row.decode(Digits.self).value
      slope = try row.decode(Digits.self).value
    }
  }
}
