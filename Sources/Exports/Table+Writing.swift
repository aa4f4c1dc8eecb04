import SnapshotIO

extension Table {
  /// Values written at once, at most.
  private static let blockSize = 1 << 16

  /// Writes the table, if it has any row.
  func write(to folder: ExportFolder, _ name: String) throws {
    guard !keys.isEmpty else { return }
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
    for _ in 0..<count.reduce(1, *) {
      let cells = columns.map { column in
        let row = column.keys.reduce(0) { $0 * count[$1] + place[$1] - start[$1] }
        return row * column.titles.count..<(row + 1) * column.titles.count
      }
      if !skipsEmptyRows || zip(texts, cells).contains(where: { $0[$1].contains { $0 != "" } }) {
        for (key, index) in zip(keys, place) {
          file.write(key.coordinates?[index] ?? "\(index)")
          file.write(",")
        }
        for (i, cells) in cells.enumerated() {
          for j in cells {
            if i > 0 || j > cells.lowerBound { file.write(",") }
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

  /// A column's values in a block, each once.
  private func texts(_ column: Column, _ start: [Int], _ count: [Int]) throws -> [String] {
    let start = column.keys.map { start[$0] } + column.spread.map { _ in 0 }
    let count = column.keys.map { count[$0] } + column.spread
    switch column.type {
    case .double:
      return try group.doubles(column.name, start: start, count: count).map(Self.text)
    case .uint64:
      return try group.unsignedIntegers(column.name, start: start, count: count).map { "\($0)" }
    case .int32, .int64:
      return try group.integers(column.name, start: start, count: count)
        .map { $0 == column.fill ? "" : column.words[$0] ?? "\($0)" }
    case .string:
      return try group.strings(column.name, start: start, count: count).map(Self.text)
    }
  }
}
