import SnapshotIO

/// The variables of a group that have a value, or a few, for every combination of some indices.
///
/// A row has the coordinates of its place, or where an index has none its number counted from 0,
/// and then the values.
struct Table {
  /// An index, and the texts of its coordinates if it has any.
  struct Key {
    var name: String
    var length: Int
    var coordinates: [String]?
  }

  /// A variable, which takes a column or several.
  struct Column {
    var name: String
    var type: NetCDFFile.ValueType
    var titles: [String]
    /// The keys that the variable has, by number; along the others its values are repeated.
    var keys: [Int]
    /// The length of the dimension that is spread over the columns.
    var spread: [Int]
    /// The integer that stands for no value.
    var fill: Int?
    /// Words that integers stand for.
    var words: [Int: String]
  }

  let group: NetCDFFile.Group
  private(set) var keys: [Key] = []
  private(set) var columns: [Column] = []
  let skipsEmptyRows: Bool

  /// - Parameters:
  ///   - root: the outermost group, which has the coordinates that the group lacks.
  ///   - names: the dimensions that give the rows, the last one varying fastest.
  ///   - fewer: some of these dimensions; a variable of them alone has the same values in many rows.
  ///   - skipsEmptyRows: whether a row without any value is left out.
  init(
    of group: NetCDFFile.Group, in root: NetCDFFile.Group, by names: [String],
    repeating fewer: [String]? = nil, skipsEmptyRows: Bool = false
  ) throws {
    self.group = group
    self.skipsEmptyRows = skipsEmptyRows
    for name in try group.variableNames {
      let variable = try group.variable(name)
      let own = [names, fewer ?? names].first {
        Self.isColumn(variable.dimensions, of: $0)
      }
      guard let own, variable.dimensions != [name], let type = variable.type else { continue }
      let rest = variable.dimensions.dropFirst(own.count)
      let spread = Array(variable.lengths.dropFirst(own.count))
      columns.append(
        Column(
          name: name, type: type, titles: Self.titles(name, rest.first, spread.first ?? 1),
          keys: names.indices.filter { own.contains(names[$0]) }, spread: spread,
          fill: try group.attribute("_FillValue", of: name)?.integers?.first,
          words: try Self.words(name, of: group)))
      if own == names {
        keys = zip(names, variable.lengths).map { Key(name: $0, length: $1) }
      }
    }
    for (k, key) in keys.enumerated() {
      for place in [root, group] {
        if let found = try Self.coordinates(key.name, of: place) { keys[k].coordinates = found }
      }
    }
  }

  /// Whether a variable of these dimensions has a value for every row, or a few.
  private static func isColumn(_ dimensions: [String], of keys: [String]) -> Bool {
    let rest = Array(dimensions.dropFirst(keys.count))
    return dimensions.starts(with: keys)
      && (rest.isEmpty || rest == ["component"] || rest == ["parent"])
  }

  private static func titles(_ name: String, _ dimension: String?, _ count: Int) -> [String] {
    guard let dimension, count > 1 else { return [name] }
    let letter = dimension == "component" ? "x" : ""
    let stem = name == "position" ? "" : "\(name)_"
    return (1...count).map { "\(stem)\(letter)\($0)" }
  }

  /// Flags as the conventions for them have it (CF 3.5).
  private static func words(_ name: String, of group: NetCDFFile.Group) throws -> [Int: String] {
    guard let values = try group.attribute("flag_values", of: name)?.integers,
      let meanings = try group.attribute("flag_meanings", of: name)?.text
    else { return [:] }
    return Dictionary(
      zip(values, meanings.split(separator: " ").map(String.init)), uniquingKeysWith: { $1 })
  }

  /// A variable of the index's name, or names of its places.
  private static func coordinates(
    _ index: String, of group: NetCDFFile.Group
  ) throws -> [String]? {
    for name in [index, "\(index)_name"] where try group.hasVariable(name) {
      let variable = try group.variable(name)
      guard variable.dimensions == [index] else { continue }
      switch variable.type {
      case .double: return try group.doubles(name).map(text)
      case .string: return try group.strings(name).map(text)
      default: return try group.integers(name).map { "\($0)" }
      }
    }
    return nil
  }

  /// The shortest text that reads back as the same number; nothing for NaN.
  static func text(_ value: Double) -> String { value.isNaN ? "" : value.description }

  /// A text that may hold anything (RFC 4180).
  static func text(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
