import Foundation

/// A new file, written from its beginning to its end.
final class FileWriter {
  private let descriptor: Int32
  private let shownPath: String
  private let isInterrupted: () -> Bool
  private var buffer: [UInt8] = []
  private var isOpen = true

  private static let bufferSize = 1 << 18

  /// - Parameter shownPath: how messages call the file.
  init(creating path: String, shownAs shownPath: String, isInterrupted: @escaping () -> Bool)
    throws
  {
    self.shownPath = shownPath
    self.isInterrupted = isInterrupted
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw ExportFolder.failure(shownPath, "create the file", errno) }
  }

  deinit {
    if isOpen { Foundation.close(descriptor) }
  }

  /// Adds text to what the next `flush` writes.
  func write(_ text: String) { buffer.append(contentsOf: text.utf8) }

  /// Adds bytes.
  func write(bytes: [UInt8]) { buffer.append(contentsOf: bytes) }

  /// Adds numbers, little endian.
  func write(_ numbers: [Double]) { buffer.append(littleEndian: numbers) }

  /// Adds numbers, little endian.
  func write(_ numbers: [Int]) { buffer.append(littleEndian: numbers) }

  /// Adds numbers, little endian.
  func write(_ numbers: [UInt64]) { buffer.append(littleEndian: numbers) }

  /// Hands what was added to the system, if it is enough to be worth it.
  func flushIfLarge() throws {
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes what is left and closes the file; it is complete only then.
  func close() throws {
    try flush()
    isOpen = false
    guard Foundation.close(descriptor) == 0 else {
      throw ExportFolder.failure(shownPath, "write the file", errno)
    }
  }

  private func flush() throws {
    if isInterrupted() {
      throw ExportError(message: "interrupted: nothing was exported", exitCode: 130)
    }
    try buffer.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written >= 0 else {
          throw ExportFolder.failure(shownPath, "write the file", errno)
        }
        rest = rest.dropFirst(written)
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

extension [UInt8] {
  /// IEEE 754, 8 bytes a number.
  mutating func append(littleEndian numbers: [Double]) {
    for number in numbers { append(littleEndian: number.bitPattern) }
  }

  /// Two's complement, 8 bytes a number.
  mutating func append(littleEndian numbers: [Int]) {
    for number in numbers { append(littleEndian: UInt64(bitPattern: Int64(number))) }
  }

  /// 8 bytes a number.
  mutating func append(littleEndian numbers: [UInt64]) {
    for number in numbers { append(littleEndian: number) }
  }

  private mutating func append(littleEndian word: UInt64) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }
}
