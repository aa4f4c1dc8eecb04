import CNetCDF
import Foundation
import Synchronization

/// A NetCDF-4 file, open for reading or writing.
///
/// Names, shapes and values are reached through `root` and its groups. Any thread may use a file:
/// libnetcdf is not thread-safe, so all its calls, for all files, pass through one lock.
///
/// NetCDF-4 writes when it is told to: what must survive a crash needs `sync()`, and a file is
/// complete only when `close()` has returned. A file that is let go without `close()` is closed
/// too, but nobody hears of an error.
public final class NetCDFFile: Sendable {
  public let path: String
  private let handle: Int32
  private let isOpen = Atomic(true)

  private static let library = Mutex(())

  /// Creates a file; one that is there already is an error unless `overwrite` is true.
  public init(creating path: String, overwrite: Bool = false) throws(NetCDFError) {
    self.path = path
    handle = try Self.begin(overwrite ? .replacing : .creating, path) {
      nc_create($0, NC_NETCDF4 | (overwrite ? NC_CLOBBER : NC_NOCLOBBER), &$1)
    }
  }

  /// Opens a file that exists.
  public init(opening path: String, writable: Bool = false) throws(NetCDFError) {
    self.path = path
    handle = try Self.begin(writable ? .writing : .reading, path) {
      nc_open($0, writable ? NC_WRITE : NC_NOWRITE, &$1)
    }
  }

  deinit {
    try? close()
  }

  /// The outermost group.
  public var root: Group { Group(file: self, id: handle) }

  /// Hands everything written so far to the operating system: from then on it outlives the process.
  public func sync() throws(NetCDFError) {
    try call("write to the file") { nc_sync(handle) }
  }

  /// Writes what is left and closes the file; a closed file stays closed.
  public func close() throws(NetCDFError) {
    // A handle whose closing failed is never tried again: the library has freed half of it.
    try Self.locked("close the file", path) {
      isOpen.exchange(false, ordering: .relaxed) ? nc_close(handle) : NC_NOERR
    }
  }

  /// Runs one library call on this file.
  func call(_ operation: @autoclosure () -> String, _ body: () -> Int32) throws(NetCDFError) {
    try Self.locked(operation(), path) {
      // Checked with the lock held: the library hands out the number of a closed file again.
      isOpen.load(ordering: .relaxed) ? body() : NC_EBADID
    }
  }

  /// Creates or opens a file, waiting up to a second while it is locked.
  ///
  /// A process that is just being started shares the locks of the files open here until it has
  /// closed them, so a file can be locked for a moment though nobody means to use it.
  private static func begin(
    _ access: SystemFile.Access, _ path: String,
    _ body: (_ path: String, _ handle: inout Int32) -> Int32
  ) throws(NetCDFError) -> Int32 {
    // The library would not take a leading space, or a word and a colon, literally.
    let literal = path.hasPrefix("/") ? path : "./" + path
    var handle: Int32 = 0
    for _ in 0..<50 {
      // Asked first, because the library empties a file before it finds that it is locked.
      if !SystemFile.isLocked(path, against: access) {
        do {
          try locked(access.operation, path) { body(literal, &handle) }
          return handle
        } catch {
          guard SystemFile.isLocked(path, against: access) else {
            throw explained(error, access)
          }
        }
      }
      usleep(20_000)
    }
    throw NetCDFError(
      operation: access.operation, path: path, status: EBUSY,
      reason: "another program is using it")
  }

  /// The error with the true reason why a file could not be created or opened.
  ///
  /// The library says "Permission denied" whenever it could not create a file, and "HDF error"
  /// for every kind of damage.
  private static func explained(
    _ error: NetCDFError, _ access: SystemFile.Access
  ) -> NetCDFError {
    var error = error
    if error.path.isEmpty {
      error.reason = "the path is empty"
    } else if error.path.contains("\\") {
      error.reason = "libnetcdf takes a backslash in a path for a slash"
    } else if error.status == NC_EEXIST {
      error.reason = "it is there already"
    } else if let code = SystemFile.error(error.path, access) {
      error.status = code
      error.reason = String(cString: strerror(code))
    } else if error.status == NC_ENOTNC {
      error.reason = "it is not a NetCDF file"
    } else if error.status == NC_EHDFERR {
      error.reason = "it is truncated or damaged (\(error.reason))"
    }
    return error
  }

  /// The one place from which the library is called, and where a status becomes an error.
  private static func locked(
    _ operation: @autoclosure () -> String, _ path: String, _ body: () -> Int32
  ) throws(NetCDFError) {
    let (status, reason) = library.withLock { _ in
      HDF5.prepareThread()
      let status = body()
      return (status, status == NC_NOERR ? "" : String(cString: nc_strerror(status)))
    }
    guard status == NC_NOERR else {
      throw NetCDFError(operation: operation(), path: path, status: status, reason: reason)
    }
  }
}
