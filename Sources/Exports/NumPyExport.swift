import SnapshotIO

/// Writes every numeric variable of a group and of the groups in it as a NumPy array.
///
/// The shape is that of the file, C order; floating point is `<f8`, integers are `<i8` or `<u8`.
func exportArrays(_ group: NetCDFFile.Group, to folder: ExportFolder, under place: String = "")
  throws
{
  for name in try group.variableNames {
    let variable = try group.variable(name)
    guard let type = variable.type, let word = type.arrayWord else { continue }
    let file = try folder.create("\(place)\(name).npy")
    file.write(bytes: arrayHeader(word, shape: variable.lengths))
    try forEachBlock(of: variable.lengths, atMost: 1 << 17) { start, count in
      switch type {
      case .double: file.write(try group.doubles(name, start: start, count: count))
      case .uint64: file.write(try group.unsignedIntegers(name, start: start, count: count))
      default: file.write(try group.integers(name, start: start, count: count))
      }
      try file.flushIfLarge()
    }
    try file.close()
  }
  for name in try group.groupNames {
    try exportArrays(group.group(named: name), to: folder, under: "\(place)\(name)/")
  }
}

extension NetCDFFile.ValueType {
  /// NumPy's word for the type of the values; nil for texts.
  fileprivate var arrayWord: String? {
    switch self {
    case .double: "<f8"
    case .int64, .int32: "<i8"
    case .uint64: "<u8"
    case .string: nil
    }
  }
}

/// Version 1.0 of the format: magic, length of the text, and a text that ends at a multiple of 64.
private func arrayHeader(_ type: String, shape: [Int]) -> [UInt8] {
  let tuple = shape.map { "\($0)," }.joined(separator: " ")
  let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(tuple)), }"
  let padding = 63 - (10 + text.utf8.count) % 64
  let length = text.utf8.count + padding + 1
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    + Array(text.utf8) + Array(repeating: 0x20, count: padding) + [0x0A]
}
