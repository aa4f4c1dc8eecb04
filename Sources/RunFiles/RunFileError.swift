/// Why a run file, a `--set` value or a token file was refused: one sentence and an exit code.
public struct RunFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence: where, what was found, what is allowed.
  public let message: String
  /// 65 for wrong content, 74 for a file that could not be found or read (sysexits.h).
  public let exitCode: Int32

  public var description: String { message }

  static func content(_ message: String) -> RunFileError {
    RunFileError(message: message, exitCode: 65)
  }

  static func input(_ message: String) -> RunFileError {
    RunFileError(message: message, exitCode: 74)
  }
}
