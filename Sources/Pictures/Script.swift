import Foundation

/// A gnuplot script in the making.
struct Script {
  private(set) var text = ""
  private var blocks = 0

  /// Adds a command.
  mutating func add(_ command: String) {
    text += command + "\n"
  }

  /// Adds a block of data and returns its name; what is not finite is written as missing.
  ///
  /// An empty row breaks a line, as gnuplot has it.
  mutating func data(_ rows: [[Double]]) -> String {
    let name = "$data\(blocks)"
    blocks += 1
    text += "\(name) << END_OF_DATA\n"
    for row in rows {
      text += row.map(Self.number).joined(separator: " ") + "\n"
    }
    text += "END_OF_DATA\n"
    return name
  }

  /// Adds the values of an image as multiples of a unit, and returns the block's name.
  mutating func image(_ rows: [[Double]], unit: Double) -> String {
    let name = "$data\(blocks)"
    blocks += 1
    // Integers are written many times faster than decimals, and an image has many values.
    let lines = rows.map { row in
      row.map { $0.isFinite ? String(Int(($0 / unit).rounded())) : "NaN" }.joined(separator: " ")
    }
    text += "\(name) << END_OF_DATA\n\(lines.joined(separator: "\n"))\nEND_OF_DATA\n"
    return name
  }

  static func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.7g", value) : "NaN"
  }

  /// Text that gnuplot takes as it is: between single quotes it interprets nothing.
  static func quoted(_ text: String) -> String {
    let line = text.map { $0.isNewline ? " " : String($0) }.joined()
    return "'" + line.replacingOccurrences(of: "'", with: "''") + "'"
  }

  /// Text that the markup of labels leaves as it is.
  static func escaped(_ text: String) -> String {
    text.map { "\\{}_^@&~".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
