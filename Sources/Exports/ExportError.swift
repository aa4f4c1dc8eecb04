/// An export that could not be made, and why not.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  /// 65 for a file that is no output, 74 for one that could not be found, read or written, 130
  /// for an interrupt.
  public var exitCode: Int32

  public init(message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  public var description: String { message }
}
