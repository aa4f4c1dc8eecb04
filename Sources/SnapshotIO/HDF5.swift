import Foundation

/// Two habits of HDF5, the library under libnetcdf, that a program with threads and errors of its
/// own has to break.
///
/// Found by name in the running program, since libnetcdf brings HDF5 along but not its headers.
enum HDF5 {
  private typealias SetErrorPrinter =
    @convention(c) (_ stack: Int64, OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
  private typealias SkipExitHandler = @convention(c) () -> Int32

  /// To be called before every call of libnetcdf.
  static func prepareThread() {
    _ = exitHandlerIsSkipped
    // HDF5 prints its errors on every thread but the one that opened the first file.
    _ = setErrorPrinter?(0, nil, nil)
  }

  /// At exit HDF5 writes out the files still open, and crashes if that failed once already.
  private static let exitHandlerIsSkipped: Bool = {
    guard let symbol = symbol("H5dont_atexit") else { return false }
    return unsafeBitCast(symbol, to: SkipExitHandler.self)() >= 0
  }()

  private static let setErrorPrinter: SetErrorPrinter? =
    symbol("H5Eset_auto2").map { unsafeBitCast($0, to: SetErrorPrinter.self) }

  private static func symbol(_ name: String) -> UnsafeMutableRawPointer? {
    dlopen(nil, RTLD_NOW).flatMap { dlsym($0, name) }
  }
}
