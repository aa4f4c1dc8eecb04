import Foundation

/// Numbers in a file of VTK's, in base64: 8 bytes of length, then the numbers, little endian.
struct VTKArray {
  let name: String
  private let type: String
  private let components: Int
  private var bytes: [UInt8] = []

  init(_ name: String, _ numbers: [Double], components: Int = 1) {
    self.name = name
    self.components = components
    type = "Float64"
    bytes.append(littleEndian: [8 * numbers.count])
    bytes.append(littleEndian: numbers)
  }

  init(_ name: String, _ numbers: [Int]) {
    self.name = name
    components = 1
    type = "Int64"
    bytes.append(littleEndian: [8 * numbers.count])
    bytes.append(littleEndian: numbers)
  }

  func write(to file: FileWriter) throws {
    file.write(
      "<DataArray type=\"\(type)\" Name=\"\(name)\" NumberOfComponents=\"\(components)\" "
        + "format=\"binary\">\n")
    // Pieces of base64 join without padding where they are multiples of 3 bytes.
    let piece = 3 << 16
    for first in stride(from: 0, to: bytes.count, by: piece) {
      file.write(Data(bytes[first..<min(first + piece, bytes.count)]).base64EncodedString())
      try file.flushIfLarge()
    }
    file.write("\n</DataArray>\n")
  }
}
