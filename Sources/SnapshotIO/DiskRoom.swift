#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much may still be written: the space of the file system and the limit on file sizes.
///
/// HDF5 does not survive a write that fails, so a run asks before it writes.
public enum DiskRoom {
  /// The bytes by which the file at `path` may still grow; nil if the system does not say.
  ///
  /// The file itself need not exist; its nearest folder that does is asked.
  public static func bytesAvailable(forFileAt path: String) -> Int? {
    let room = [freeSpace(at: path), roomBelowLimit(path)].compactMap { $0 }
    return room.min()
  }

  /// Lets a write beyond the limit on file sizes fail instead of ending the process.
  public static func ignoreFileSizeSignal() {
    signal(SIGXFSZ, SIG_IGN)
  }

  /// The space that an unprivileged user finds on the file system.
  private static func freeSpace(at path: String) -> Int? {
    var system = statvfs()
    var place = path
    while statvfs(place.isEmpty ? "." : place, &system) != 0 {
      guard errno == ENOENT, !place.isEmpty else { return nil }
      let parent = place.lastIndex(of: "/").map { place[..<$0] } ?? ""
      place = parent.isEmpty && place.hasPrefix("/") && place != "/" ? "/" : String(parent)
    }
    // File systems of the kernel's own, such as /proc, report nothing at all.
    guard system.f_blocks > 0 else { return nil }
    let (bytes, overflow) = UInt64(system.f_bavail)
      .multipliedReportingOverflow(by: UInt64(system.f_frsize))
    return overflow ? Int.max : Int(clamping: bytes)
  }

  /// What the process's limit on file sizes leaves; nil if there is no limit.
  static func roomBelowLimit(_ path: String) -> Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let status = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
      let status = getrlimit(RLIMIT_FSIZE, &limit)
    #endif
    guard status == 0, let bytes = Int(exactly: limit.rlim_cur), bytes < Int.max else { return nil }
    var file = stat()
    let size = stat(path, &file) == 0 ? Int(file.st_size) : 0
    return max(0, bytes - size)
  }
}
