import Foundation

/// Reading of whole files, with the reason when it fails.
enum FileContents {
  enum Failure: Error {
    case missing
    case folder
    case unreadable(reason: String)
    case tooLarge(limit: Int)

    /// What follows the file's name in an error.
    var sentence: String {
      switch self {
      case .missing: "not found"
      case .folder: "found a folder, allowed: a file"
      case .unreadable(let reason): "could not be read (\(reason))"
      case .tooLarge(let limit): "found more than \(limit) bytes, allowed: at most \(limit)"
      }
    }

    /// A file that can be read but is too large has wrong content.
    var exitCode: Int32 {
      if case .tooLarge = self { 65 } else { 74 }
    }
  }

  /// The bytes of a file; a file that says it is larger than `limit` is not read at all.
  static func bytes(of path: String, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing : .unreadable(reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .folder }
    guard status.st_size <= limit else { throw .tooLarge(limit: limit) }

    // Pipes and devices have no size, so the limit is watched while reading too.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress, $0.count)
      }
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw .unreadable(reason: String(cString: strerror(errno)))
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    }
  }
}
