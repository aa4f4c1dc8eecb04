import Foundation

/// Text of the user inside a sentence: on one line, and never longer than the sentence can bear.
enum Quoting {
  static func quoted(_ text: String) -> String {
    "'\(shortened(text))'"
  }

  static func shortened(_ text: String, to count: Int = 40) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < count else { return result + "…" }
      if isControl(scalar) {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a character would break a line or a terminal, or be lost on the way to a file and back
  /// as the byte order mark is.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: scalar == "\u{FEFF}"
    }
  }

  /// Six significant digits, for numbers we computed.
  static func rounded(_ value: Double) -> String {
    String(format: "%.6g", value)
  }
}
