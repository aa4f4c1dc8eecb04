/// A picture that could not be made, and why not.
public struct PictureError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  /// 64 for a wrong request, 74 for a file or program that was not found or failed.
  public var exitCode: Int32

  public init(message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  public var description: String { message }
}
