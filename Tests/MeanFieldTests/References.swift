import Foundation

/// The independent numbers of Tests/References, by name.
enum References {
  /// Reads `<name>.json`.
  static func load<Table: Decodable>(_ name: String, as type: Table.Type = Table.self) throws -> Table {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References")
    let data = try Data(contentsOf: folder.appendingPathComponent(name + ".json"))
    return try JSONDecoder().decode(type, from: data)
  }
}
