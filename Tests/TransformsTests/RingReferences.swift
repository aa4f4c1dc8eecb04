import TestSupport

/// `ringkernel.json` of `Tests/References`: mpmath, numbers as text of 20 digits.
struct RingReferences: Decodable, Sendable {
  var kernel: [Entry]
  var sums: Sums

  static func load() throws -> Self { try References.load("ringkernel") }

  struct Entry: Decodable, Sendable {
    var dimension: Int
    var argument: References.Digits
    /// log Ψ(x) − x.
    var scaledLogarithm: References.Digits
    /// Ψ'(x)/Ψ(x).
    var ratio: References.Digits
  }

  /// Log Z̄ and X of some rings.
  struct Sums: Decodable, Sendable {
    var angles: [Double]
    var masses: [Double]
    var fields: [Field]
  }

  struct Field: Decodable, Sendable {
    var dimension: Int
    var beta: Double
    var values: [Value]
  }

  struct Value: Decodable, Sendable {
    var angle: Double
    var logPartition: References.Digits
    var velocity: References.Digits
  }
}
