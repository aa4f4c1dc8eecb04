import SnapshotIO

/// The variables of a group that have a value, or a few, for every combination of some indices.
///
/// A row has the coordinates of its place, or where an index has none its number counted from 0,
/// and then the values.
struct Table {
  /// An index, and the texts of its coordinates if it has any.
  private struct Key {
    var name: String
    var length: Int
    var coordinates: [String]?
  }

  /// A variable, which takes a column or several.
  private struct Column {
    var name: String
    var type: NetCDFFile.ValueType
    var titles: [String]
    /// The length of the dimension that is spread over the columns.
    var spread: [Int]
    /// The integer that stands for no value.
    var fill: Int?
  }

  private let group: NetCDFFile.Group
  private var keys: [Key] = []
  private var columns: [Column] = []
  private let skipsEmptyRows: Bool

  /// - Parameters:
  ///   - root: the outermost group, which has the coordinates that the group lacks.
  ///   - keys: the dimensions that give the rows, the last one varying fastest.
  ///   - skipsEmptyRows: whether a row without any value is left out.
  init(
    of group: NetCDFFile.Group, in root: NetCDFFile.Group, by keys: [String],
    skipsEmptyRows: Bool = false
  ) throws {
    self.group = group
    self.skipsEmptyRows = skipsEmptyRows
    for name in try group.variableNames {
      let variable = try group.variable(name)
      let rest = Array(variable.dimensions.dropFirst(keys.count))
      guard variable.dimensions.starts(with: keys), variable.dimensions != [name],
        rest.isEmpty || rest == ["component"] || rest == ["parent"], let type = variable.type
      else { continue }
      let spread = Array(variable.lengths.dropFirst(keys.count))
      columns.append(
        Column(
          name: name, type: type, titles: Self.titles(name, rest.first, spread.first ?? 1),
          spread: spread, fill: try group.attribute("_FillValue", of: name)?.integers?.first))
      self.keys = zip(keys, variable.lengths).map { Key(name: $0, length: $1) }
    }
    for (k, key) in self.keys.enumerated() {
      for place in [root, group] {
        if let found = try Self.coordinates(key.name, of: place) {
          self.keys[k].coordinates = found
        }
      }
    }
  }

  private static func titles(_ name: String, _ dimension: String?, _ count: Int) -> [String] {
    guard let dimension, count > 1 else { return [name] }
    let letter = dimension == "component" ? "x" : ""
    let stem = name == "position" ? "" : "\(name)_"
    return (1...count).map { "\(stem)\(letter)\($0)" }
  }

  private static func coordinates(
    _ name: String, of group: NetCDFFile.Group
  ) throws -> [String]? {
    guard try group.hasVariable(name) else { return nil }
    let variable = try group.variable(name)
    guard variable.dimensions == [name] else { return nil }
    return variable.type == .double
      ? try group.doubles(name).map(text) : try group.integers(name).map { "\($0)" }
  }

  /// The shortest text that reads back as the same number; nothing for NaN.
  private static func text(_ value: Double) -> String { value.isNaN ? "" : value.description }
}

// MARK: - Writing

extension Table {
  /// Values written at once, at most.
  private static let blockSize = 1 << 16

  /// Writes the table, if it has any column.
  func write(to folder: ExportFolder, _ name: String) throws {
    guard !columns.isEmpty else { return }
    let file = try folder.create(name)
    file.write((keys.map(\.name) + columns.flatMap(\.titles)).joined(separator: ",") + "\n")
    let width = columns.reduce(0) { $0 + $1.titles.count }
    try forEachBlock(of: keys.map(\.length), atMost: max(1, Self.blockSize / width)) {
      try writeBlock(start: $0, count: $1, to: file)
    }
    try file.close()
  }

  private func writeBlock(start: [Int], count: [Int], to file: FileWriter) throws {
    var texts: [[String]] = []
    for column in columns { texts.append(try self.texts(column, start, count)) }
    var place = start
    for row in 0..<count.reduce(1, *) {
      if !skipsEmptyRows || !isEmpty(row, texts) {
        for (key, index) in zip(keys, place) {
          file.write(key.coordinates?[index] ?? "\(index)")
          file.write(",")
        }
        for (i, column) in columns.enumerated() {
          let width = column.titles.count
          for j in row * width..<(row + 1) * width {
            if i > 0 || j > row * width { file.write(",") }
            file.write(texts[i][j])
          }
        }
        file.write("\n")
      }
      var k = place.count - 1
      place[k] += 1
      while k > 0, place[k] == start[k] + count[k] {
        place[k] = start[k]
        k -= 1
        place[k] += 1
      }
    }
    try file.flushIfLarge()
  }

  private func isEmpty(_ row: Int, _ texts: [[String]]) -> Bool {
    zip(columns, texts).allSatisfy { column, texts in
      let width = column.titles.count
      return texts[row * width..<(row + 1) * width].allSatisfy(\.isEmpty)
    }
  }

  private func texts(_ column: Column, _ start: [Int], _ count: [Int]) throws -> [String] {
    let start = start + column.spread.map { _ in 0 }
    let count = count + column.spread
    switch column.type {
    case .double:
      return try group.doubles(column.name, start: start, count: count).map(Self.text)
    case .uint64:
      return try group.unsignedIntegers(column.name, start: start, count: count).map { "\($0)" }
    case .int32, .int64:
      return try group.integers(column.name, start: start, count: count)
        .map { $0 == column.fill ? "" : "\($0)" }
    case .string:
      return try group.strings(column.name, start: start, count: count).map(Self.quoted)
    }
  }

  /// A text that may hold anything (RFC 4180).
  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
