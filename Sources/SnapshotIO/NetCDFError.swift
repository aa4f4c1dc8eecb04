/// A call of the NetCDF library that failed: what was tried, on which file, and why not.
public struct NetCDFError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried, as a phrase: "create the file", "find variable 'density'".
  public var operation: String
  public var path: String
  /// The library's status: negative for its own errors, `errno` where positive.
  public var status: Int32
  /// The library's own words for the status, or better ones where it has none.
  public var reason: String

  public init(operation: String, path: String, status: Int32, reason: String) {
    self.operation = operation
    self.path = path
    self.status = status
    self.reason = reason
  }

  /// A file could not be found, read or written.
  public var exitCode: Int32 { 74 }

  public var description: String { "\(path): cannot \(operation): \(reason)" }
}
