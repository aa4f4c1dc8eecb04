import TestSupport

/// `zonal.json` of `Tests/References`: mpmath, numbers as text of 20 digits.
struct ZonalReferences: Decodable, Sendable {
  var polynomials: [Polynomial]
  var uniform: [Uniform]

  /// P_l(cos θ) and three derivatives with respect to θ.
  struct Polynomial: Decodable, Sendable {
    var dimension: Int
    var degree: Int
    var angle: String
    var derivatives: [String]
  }

  /// log h_u(θ).
  struct Uniform: Decodable, Sendable {
    var dimension: Int
    var angle: String
    var log: String
  }

  static func load() throws -> Self { try References.load("zonal") }
}
