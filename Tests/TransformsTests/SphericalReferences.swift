import TestSupport

/// `Tests/References/spherical.json`: quadrature and harmonics, mpmath at 40 digits.
struct SphericalReferences: Decodable {
  var quadrature: [Node]
  var harmonics: [Harmonic]

  static func load() throws -> Self { try References.load("spherical") }

  struct Node: Decodable {
    var count: Int
    var index: Int
    var cosine: References.Digits
    var colatitude: References.Digits
    var weight: References.Digits
  }

  struct Harmonic: Decodable {
    var degree: Int
    var order: Int
    var colatitude: References.Digits
    var longitude: References.Digits
    var value: References.Digits
  }
}
