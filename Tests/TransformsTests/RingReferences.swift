import Foundation

/// `ringkernel.json` of `Tests/References`: mpmath, numbers as text of 20 digits.
struct RingReferences: Decodable, Sendable {
  var kernel: [Entry]
  var sums: Sums

  struct Entry: Decodable, Sendable {
    var dimension: Int
    var argument: String
    /// log Ψ(x) − x.
    var scaledLogarithm: String
    /// Ψ'(x)/Ψ(x).
    var ratio: String
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
    var logPartition: String
    var velocity: String
  }

  static func load() throws -> RingReferences {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "References").appending(path: "ringkernel.json")
    return try JSONDecoder().decode(RingReferences.self, from: Data(contentsOf: file))
  }
}
