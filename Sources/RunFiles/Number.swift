/// The numbers of run files and token files: YAML 1.2 decimals, `.inf` and `.nan`.
enum Number {
  static func isNumber(_ text: some StringProtocol) -> Bool {
    value(of: text) != nil
  }

  /// The number a text stands for; nil for hexadecimal, separators and words such as `nan`.
  static func value(of text: some StringProtocol) -> Double? {
    if isDecimal(text) { return Double(text) }
    switch text.lowercased() {
    case ".inf", "+.inf": return .infinity
    case "-.inf": return -.infinity
    case ".nan": return .nan
    default: return nil
    }
  }

  /// The whole number a text stands for; `1e6` and `2.0` are whole numbers.
  static func wholeValue<Value: FixedWidthInteger>(of text: String) -> Value? {
    if let value = Value(text) { return value }
    guard let value = value(of: text), abs(value) <= 0x1p53 else { return nil }
    return Value(exactly: value)
  }

  /// Sign, digits, point, digits, exponent: all optional but for one digit beside the point.
  private static func isDecimal(_ text: some StringProtocol) -> Bool {
    var rest = Substring(text).utf8[...]
    func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }
    func dropDigits() -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest[digits.endIndex...]
      return digits.count
    }
    func dropFirst(where matches: (UInt8) -> Bool) -> Bool {
      guard let first = rest.first, matches(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = dropFirst(where: isSign)
    var digitCount = dropDigits()
    if dropFirst(where: { $0 == UInt8(ascii: ".") }) { digitCount += dropDigits() }
    guard digitCount > 0 else { return false }
    if dropFirst(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
      _ = dropFirst(where: isSign)
      guard dropDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
