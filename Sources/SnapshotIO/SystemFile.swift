import Foundation

/// What the operating system says about a file that the NetCDF library refused.
enum SystemFile {
  /// What a file is wanted for.
  enum Access {
    case reading, writing, creating, replacing

    var operation: String {
      switch self {
      case .reading: "open the file"
      case .writing: "open the file for writing"
      case .creating, .replacing: "create the file"
      }
    }
  }

  /// Whether a lock of another program forbids the access.
  ///
  /// HDF5 locks a file against writers while it reads, and against everyone while it writes.
  static func isLocked(_ path: String, against access: Access) -> Bool {
    if access == .creating { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let lock = access == .reading ? LOCK_SH : LOCK_EX
    return flock(descriptor, lock | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// The `errno` for which the access is impossible; nil if it is possible.
  static func error(_ path: String, _ access: Access) -> Int32? {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return EISDIR }
      return Foundation.access(path, access == .reading ? R_OK : W_OK) == 0 ? nil : errno
    }
    guard access == .creating || access == .replacing, errno == ENOENT else { return errno }
    let name = (path as NSString).deletingLastPathComponent
    let folder = name.isEmpty ? "." : name
    guard stat(folder, &status) == 0 else { return errno }
    return Foundation.access(folder, W_OK | X_OK) == 0 ? nil : errno
  }
}
