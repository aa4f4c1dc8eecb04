import Foundation

/// `Tests/References/spherical.json`: quadrature and harmonics, mpmath at 40 digits.
struct SphericalReferences: Decodable {
  var quadrature: [Node]
  var harmonics: [Harmonic]

  static func load() throws -> Self {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "References").appending(path: "spherical.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }

  struct Node: Decodable {
    var count: Int
    var index: Int
    var cosine: Digits
    var colatitude: Digits
    var weight: Digits
  }

  struct Harmonic: Decodable {
    var degree: Int
    var order: Int
    var colatitude: Digits
    var longitude: Digits
    var value: Digits
  }

  /// A number written as text of 20 digits.
  struct Digits: Decodable {
    var value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      guard let value = Double(text) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "no number: \(text)")
      }
      self.value = value
    }
  }
}
