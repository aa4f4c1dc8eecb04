import Foundation

/// `ringkernel.json` of `Tests/References`: mpmath, numbers as text of 20 digits.
struct RingReferences: Decodable, Sendable {
  var kernel: [Entry]

  struct Entry: Decodable, Sendable {
    var dimension: Int
    var argument: String
    /// log Ψ(x) − x.
    var scaledLogarithm: String
    /// Ψ'(x)/Ψ(x).
    var ratio: String
  }

  static func load() throws -> RingReferences {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "References").appending(path: "ringkernel.json")
    return try JSONDecoder().decode(RingReferences.self, from: Data(contentsOf: file))
  }
}
