import Foundation

extension TokenFile {
  /// A NumPy array of two dimensions, format versions 1 to 3.
  ///
  /// Bytes: magic 93 N U M P Y, major, minor, header length (2 bytes in version 1, else 4, little
  /// endian), header (a Python dictionary with descr, fortran_order, shape), values.
  static func table(npy bytes: [UInt8], dimension: Int) throws(Failure) -> Table {
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 8 else {
      throw Failure("found no NumPy array, allowed: a .npy file")
    }
    let major = bytes[6]
    guard (1...3).contains(major) else {
      throw Failure("found version \(major) of the format, allowed: 1 to 3")
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else { throw Failure("found a truncated header") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count - start >= length else { throw Failure("found a truncated header") }
    let header = try NPYHeader(String(decoding: bytes[start..<start + length], as: UTF8.self))
    return try table(header, bytes[(start + length)...], dimension)
  }

  private static func table(
    _ header: NPYHeader, _ data: ArraySlice<UInt8>, _ dimension: Int
  ) throws(Failure) -> Table {
    guard header.shape.count == 2, let rowCount = header.shape.first,
      let columnCount = header.shape.last, columnCount == dimension || columnCount == dimension + 1
    else {
      let shape = "(" + header.shape.map(String.init).joined(separator: ", ") + ")"
      throw Failure(
        "found an array of shape \(shape), allowed: (rows, \(dimension)), or "
          + "(rows, \(dimension + 1)) with weights")
    }
    let size = header.element.size
    // Compared before anything is multiplied: a header can claim any number of rows.
    let available = data.count / size
    guard rowCount <= available / columnCount else {
      let row = header.isFortranOrder ? available % max(rowCount, 1) : available / columnCount
      throw Failure("row \(row + 1): found the end of the file, allowed: \(rowCount) rows")
    }
    var values = [Double](repeating: 0, count: rowCount * columnCount)
    for i in values.indices {
      let offset = data.startIndex + i * size
      let target =
        header.isFortranOrder ? i % rowCount * columnCount + i / rowCount : i
      values[target] = header.element.value(data[offset..<offset + size])
    }
    return Table(columnCount: columnCount, values: values)
  }
}

/// The number type of a NumPy array, such as `<f8`.
private struct NPYElement {
  enum Kind { case floating, signed, unsigned }

  let kind: Kind
  let size: Int
  let isBigEndian: Bool

  init?(_ description: String) {
    let characters = Array(description)
    guard characters.count == 3, let size = characters[2].wholeNumberValue else { return nil }
    switch (characters[1], size) {
    case ("f", 4), ("f", 8): kind = .floating
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): kind = .signed
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): kind = .unsigned
    default: return nil
    }
    switch characters[0] {
    case "<": isBigEndian = false
    case ">": isBigEndian = true
    case "|" where size == 1: isBigEndian = false
    case "=": isBigEndian = 1.bigEndian == 1
    default: return nil
    }
    self.size = size
  }

  func value(_ bytes: ArraySlice<UInt8>) -> Double {
    var bits: UInt64 = 0
    if isBigEndian {
      for byte in bytes { bits = bits << 8 | UInt64(byte) }
    } else {
      for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    }
    switch kind {
    case .floating where size == 4:
      return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .floating:
      return Double(bitPattern: bits)
    case .signed:
      let unused = UInt64(64 - 8 * size)
      return Double(Int64(bitPattern: bits << unused) >> Int64(unused))
    case .unsigned:
      return Double(bits)
    }
  }
}

/// The header of a NumPy array: a Python dictionary of three entries.
private struct NPYHeader {
  let element: NPYElement
  let isFortranOrder: Bool
  let shape: [Int]

  init(_ text: String) throws(TokenFile.Failure) {
    guard let description = Self.entry("descr", of: text) else {
      throw TokenFile.Failure("found no descr in the header")
    }
    let name = description.trimmingCharacters(in: ["'", "\""])
    guard let element = NPYElement(name) else {
      throw TokenFile.Failure(
        "found values of type \(Quoting.shortened(description)), "
          + "allowed: 4 and 8 byte floating point, 1 to 8 byte integers")
    }
    self.element = element

    switch Self.entry("fortran_order", of: text) {
    case "True": isFortranOrder = true
    case "False": isFortranOrder = false
    default: throw TokenFile.Failure("found no fortran_order in the header")
    }

    guard let tuple = Self.entry("shape", of: text), tuple.hasPrefix("(") else {
      throw TokenFile.Failure("found no shape in the header")
    }
    var shape: [Int] = []
    for word in tuple.dropFirst().dropLast().split(whereSeparator: {
      $0 == "," || $0 == " "
    }) {
      guard let count = Int(word), count >= 0 else {
        throw TokenFile.Failure("found the shape \(Quoting.shortened(tuple))")
      }
      shape.append(count)
    }
    self.shape = shape
  }

  /// The text after `'key':`, to the comma or brace that ends it; brackets are taken as a whole.
  private static func entry(_ key: String, of text: String) -> String? {
    guard let keyRange = text.range(of: "'\(key)'") ?? text.range(of: "\"\(key)\"") else {
      return nil
    }
    let rest = text[keyRange.upperBound...].drop { $0 == " " }
    guard rest.first == ":" else { return nil }
    let value = rest.dropFirst().drop { $0 == " " }
    let bracket: Character? =
      switch value.first {
      case "(": ")"
      case "[": "]"
      default: nil
      }
    if let bracket {
      guard let end = value.firstIndex(of: bracket) else { return nil }
      return String(value[...end])
    }
    return value.prefix { $0 != "," && $0 != "}" }.trimmingCharacters(in: .whitespaces)
  }
}
