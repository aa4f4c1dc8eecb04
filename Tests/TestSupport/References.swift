import Foundation

/// Independent numbers from `Tests/References`, read at run time; its README says how they were made.
public enum References {
  /// `References/<name>.json`, decoded; its keys are words with underscores, `log_density` for `logDensity`.
  public static func load<Table: Decodable>(
    _ name: String, as type: Table.Type = Table.self
  ) throws -> Table {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "References").appending(path: name + ".json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Table.self, from: Data(contentsOf: file))
  }

  /// A number written as text of 20 digits.
  public struct Digits: Decodable, Sendable {
    public var value: Double

    public init(from decoder: any Decoder) throws {
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
