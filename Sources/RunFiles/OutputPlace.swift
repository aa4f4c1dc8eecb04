internal import Foundation
internal import SnapshotIO

/// The place where an output goes, before anything is written there.
struct OutputPlace {
  let path: String

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Refuses a folder, and a file that is not to be overwritten or continued.
  func refuseExisting(_ start: RunSession.Start, subject: String) throws(NetCDFError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue {
      throw NetCDFError(
        operation: "write the output", path: path, status: EISDIR, reason: "it is a folder")
    }
    guard start == .new else { return }
    throw NetCDFError(
      operation: "write the output", path: path, status: 0,
      reason: "it exists; --overwrite replaces it, --resume continues an interrupted \(subject)")
  }

  /// Makes the folder that the output goes to.
  func makeFolder() throws(NetCDFError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw NetCDFError(
        operation: "make the folder", path: folder.relativePath, status: 0,
        reason: Self.reason(error))
    }
  }

  /// The system's words: Foundation's are two sentences, the first without content.
  private static func reason(_ error: any Error) -> String {
    guard let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error,
      (cause as NSError).domain == NSPOSIXErrorDomain
    else { return error.localizedDescription }
    let code = Int32((cause as NSError).code)
    return code == EEXIST ? "a file is in its place" : String(cString: strerror(code))
  }
}
