import Foundation

extension TokenFile {
  /// Numbers separated by a comma or by white space, after an optional line of names.
  ///
  /// `#` starts a comment; blank lines do not count.
  static func table(csv bytes: [UInt8], dimension: Int) throws(Failure) -> Table {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure("found bytes that are not UTF-8, allowed: a text file")
    }
    var table = Table(columnCount: 0, values: [])
    var line = 0
    var mayBeNames = true
    var rest = text.unicodeScalars[...]
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    while !rest.isEmpty {
      line += 1
      let end = rest.firstIndex { $0 == "\n" || $0 == "\r" } ?? rest.endIndex
      let whole = rest[..<end]
      rest = rest[end...]
      rest = rest.dropFirst(rest.starts(with: "\r\n".unicodeScalars) ? 2 : 1)

      let fields = fields(of: whole.prefix { $0 != "#" })
      guard !fields.isEmpty else { continue }
      let numbers = fields.map { Number.value(of: $0) ?? notFinite($0) }
      if mayBeNames, !numbers.contains(where: { $0 != nil }) {
        mayBeNames = false
        continue
      }
      mayBeNames = false
      try append(fields, numbers, dimension, line: line, to: &table)
    }
    return table.columnCount == 0 ? Table(columnCount: dimension, values: []) : table
  }

  private static func append(
    _ fields: [Substring], _ numbers: [Double?], _ dimension: Int, line: Int,
    to table: inout Table
  ) throws(Failure) {
    let row = "row \(table.lines.count + 1) (line \(line))"
    guard fields.count == dimension || fields.count == dimension + 1 else {
      throw Failure(
        "\(row): found \(fields.count) columns, allowed: \(columns(dimension))")
    }
    guard table.columnCount == 0 || table.columnCount == fields.count else {
      throw Failure(
        "\(row): found \(fields.count) columns, allowed: \(table.columnCount), as in row 1")
    }
    table.columnCount = fields.count
    for (field, number) in zip(fields, numbers) {
      guard let number else {
        let found = field.isEmpty ? "an empty field" : Quoting.quoted(String(field))
        throw Failure("\(row): found \(found), allowed: a number")
      }
      table.values.append(number)
    }
    table.lines.append(line)
  }

  /// Fields between commas, without the blanks around them; blanks alone separate too.
  private static func fields(of line: Substring.UnicodeScalarView) -> [Substring] {
    var fields: [Substring] = []
    for part in line.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split { $0 == " " || $0 == "\t" }
      if words.isEmpty { fields.append("") }
      fields.append(contentsOf: words.map { Substring($0) })
    }
    return fields == [""] ? [] : fields
  }

  /// What other programs write for numbers that are not finite, so that errors can name it.
  private static func notFinite(_ field: Substring) -> Double? {
    switch field.lowercased() {
    case "nan", "-nan", "+nan": .nan
    case "inf", "+inf", "infinity", "+infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: nil
    }
  }
}
